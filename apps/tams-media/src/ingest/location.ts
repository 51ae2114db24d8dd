import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  DEFAULT_RETRY,
  HttpFailure,
  REQUEST_TIMEOUT,
  refused,
  unanswered,
  withoutSecrets,
  withRetries,
} from '../client/http-request';
import { type Content, Failure, reasonOf } from '@tams/media';
import type { ByteRange } from './playlist';

/** Where media lies: a path on this machine or an http(s) URL. Credentials in a URL are sent and never shown. */
export class Location {
  private constructor(
    /** The path, or the URL without user name and password. */
    readonly address: string,
    readonly isRemote: boolean,
    private readonly authorization?: string,
  ) {}

  /** What a person gave. */
  static of(argument: string): Location {
    return /^https?:/i.test(argument) ? Location.ofUrl(new URL(argument)) : new Location(resolve(argument), false);
  }

  private static ofUrl(url: URL, inherited?: string): Location {
    const basic = url.username && `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const plain = new URL(url);
    plain.username = '';
    plain.password = '';
    const authorization = basic ? `Basic ${Buffer.from(basic).toString('base64')}` : inherited;
    return new Location(plain.href, true, authorization);
  }

  /** Fit to be shown. */
  get name(): string {
    return this.isRemote ? withoutSecrets(this.address) : basename(this.address);
  }

  /** A label for what lies here: `playlist.m3u8` and `index.m3u8` say nothing; the folder they lie in does. */
  get title(): string {
    const path = this.isRemote ? decodeURIComponent(new URL(this.address).pathname) : this.address;
    const meaningless = /^(playlist|index|prog_index|master|main)\.m3u8?$/i.test(basename(path));
    const title = basename(meaningless ? dirname(path) : path).replace(/\.[^.]+$/, '');
    return title || (this.isRemote ? new URL(this.address).host : 'media');
  }

  /** Headers to send with a request for it. */
  get headers(): Record<string, string> {
    return this.authorization ? { authorization: this.authorization } : {};
  }

  /**
   * What a playlist here means by a URI. Many tools write plain file names, so a name that exists as it stands is one.
   * @throws Failure where a remote playlist names something else than http(s), or a local one something remote
   */
  resolve(uri: string): Location {
    if (this.isRemote) {
      const url = new URL(uri, this.address);
      if (!/^https?:$/.test(url.protocol)) {
        throw new Failure(`${this.name} lists ${url.protocol} URLs; a remote playlist may list http(s) only`);
      }
      return Location.ofUrl(url, url.origin === new URL(this.address).origin ? this.authorization : undefined);
    }
    if (/^https?:/i.test(uri)) return Location.of(uri);
    const plain = resolve(dirname(this.address), uri);
    if (existsSync(plain)) return new Location(plain, false);
    const url = new URL(uri, pathToFileURL(this.address));
    return new Location(url.protocol === 'file:' ? fileURLToPath(url) : plain, false);
  }

  /** The text here, and where it was found after redirects. */
  async text(signal?: AbortSignal, retry = DEFAULT_RETRY): Promise<{ text: string; location: Location }> {
    if (!this.isRemote) return { text: await this.readable(readFile(this.address, 'utf8')), location: this };
    return this.get(signal, retry, async (response) => ({
      text: await response.text(),
      location: new Location(response.url || this.address, true, this.authorization),
    }));
  }

  /** The bytes here, downloaded into `folder` where they are remote. */
  async content(
    folder: DownloadFolder,
    range?: ByteRange,
    signal?: AbortSignal,
    retry = DEFAULT_RETRY,
  ): Promise<Content> {
    if (!this.isRemote) {
      const { size } = await this.readable(stat(this.address));
      if (range && range.offset + range.length > size) {
        throw new Failure(
          `${this.name} ends before the byte range ${range.length}@${range.offset} that a playlist names`,
        );
      }
      return { path: this.address, offset: range?.offset ?? 0, size: range?.length ?? size };
    }
    const path = await folder.path();
    return this.get(
      signal,
      retry,
      async (response) => {
        await pipeline(response.body ?? [], createWriteStream(path));
        const { size } = await stat(path);
        const isPart = response.status === 206;
        return { path, offset: isPart ? 0 : (range?.offset ?? 0), size: range?.length ?? size, isTemporary: true };
      },
      range,
    );
  }

  private async readable<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new Failure(`${this.address} cannot be read: ${reasonOf(error)}`, { cause: error });
    }
  }

  private get<T>(
    signal: AbortSignal | undefined,
    retry: typeof DEFAULT_RETRY,
    read: (response: Response) => Promise<T>,
    range?: ByteRange,
  ): Promise<T> {
    return withRetries(retry, signal, async () => {
      // Ten minutes for a whole segment; the API's own calls are shorter.
      const timeout = AbortSignal.timeout(20 * REQUEST_TIMEOUT);
      const wanted = range ? { range: `bytes=${range.offset}-${range.offset + range.length - 1}` } : {};
      try {
        const response = await fetch(this.address, {
          headers: { ...this.headers, ...wanted },
          signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
        });
        if (!response.ok) throw refused('GET', this.address, { status: response.status, body: await response.text() });
        return await read(response);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof HttpFailure) throw error;
        const failure = unanswered('GET', this.address, error);
        throw new HttpFailure(`${this.name} could not be downloaded: ${reasonOf(error)}`, undefined, {
          cause: failure,
        });
      }
    });
  }
}

/** A temporary folder for what is downloaded, made when it is first needed. */
export class DownloadFolder {
  private folder: Promise<string> | undefined;
  private count = 0;

  /** A path for a new file. */
  async path(): Promise<string> {
    this.folder ??= mkdtemp(join(tmpdir(), 'tams-media-'));
    this.count += 1;
    return join(await this.folder, String(this.count));
  }

  /** Removes everything. */
  async dispose(): Promise<void> {
    if (this.folder) await rm(await this.folder, { recursive: true, force: true });
  }
}
