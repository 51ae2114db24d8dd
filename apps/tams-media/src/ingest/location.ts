import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  bodyOf,
  DEFAULT_RETRY,
  HttpFailure,
  REQUEST_TIMEOUT,
  refused,
  startOfPart,
  unanswered,
  withoutSecrets,
  withRetries,
} from '../client/http-request';
import { type Content, Failure, reasonOf } from '@tams/media';
import type { TemporaryFolder } from '../temporary-folder';
import type { ByteRange } from './playlist';

/** Where media lies: a path on this machine or an http(s) URL. Credentials in a URL are sent and never shown. */
export class Location {
  private constructor(
    /** The path, or the URL without user name and password. */
    readonly address: string,
    readonly isRemote: boolean,
    private readonly authorization?: string,
  ) {}

  /** What a person gave, or a playlist names. @throws Failure for a URL that is none, or of another scheme */
  static of(argument: string): Location {
    const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(argument) ?? [];
    if (scheme === undefined && !/^https?:/i.test(argument)) return new Location(resolve(argument), false);
    if (/^https?:/i.test(argument) && URL.canParse(argument)) return Location.ofUrl(new URL(argument));
    throw new Failure(
      scheme === undefined || /^https?$/i.test(scheme) ? 'That is no URL' : `${scheme}:// is not read here`,
      {
        next: 'Give an http(s) URL. What ffmpeg reads comes in through a pipe: ffmpeg -i <url> -c copy -f mpegts - | npm run ingest -- - --live',
      },
    );
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
    return this.get(signal, retry, async (response, body) => ({
      text: new TextDecoder().decode(await buffer(body)),
      location: new Location(response.url || this.address, true, this.authorization),
    }));
  }

  /** The bytes here, downloaded into `folder` where they are remote. */
  async content(
    folder: TemporaryFolder,
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
    return this.get(
      signal,
      retry,
      async (response, body) => {
        const path = await folder.holding(body);
        const { size } = await stat(path);
        const isPart = response.status === 206;
        return { path, offset: isPart ? 0 : (range?.offset ?? 0), size: range?.length ?? size, isTemporary: true };
      },
      range,
    );
  }

  /** Bytes that lie at a URL whose server gives parts of it; undefined where it gives the whole only. */
  async sizeInParts(signal: AbortSignal | undefined): Promise<number | undefined> {
    const read = async (response: Response): Promise<number | undefined> => {
      await response.body?.cancel();
      const [, size] = /^bytes 0-0\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
      return response.status === 206 && size !== undefined ? Number(size) : undefined;
    };
    return this.get(signal, DEFAULT_RETRY, read, { offset: 0, length: 1 });
  }

  /** A part of what lies at a URL. @throws HttpFailure where less comes than was asked for */
  async part(range: ByteRange, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const read = async (response: Response, body: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
      const bytes = await buffer(body);
      if (response.status === 206 && bytes.length === range.length) return bytes;
      throw new Error(`it sent ${bytes.length} bytes instead of ${range.length}`);
    };
    return this.get(signal, DEFAULT_RETRY, read, range);
  }

  private async readable<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new Failure(`${this.address} cannot be read: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** What guards the media is not what guards the TAMS server. */
  private refusal(status: number, body: string): HttpFailure {
    const failure = refused('GET', this.address, { status, body });
    if (status !== 401 && status !== 403) return failure;
    return new HttpFailure(failure.message, status, {
      next: 'Give what its server asks for in the URL: https://<user>:<password>@<host>/<path>',
    });
  }

  private get<T>(
    signal: AbortSignal | undefined,
    retry: typeof DEFAULT_RETRY,
    read: (response: Response, body: AsyncIterable<Uint8Array>) => Promise<T>,
    range?: ByteRange,
  ): Promise<T> {
    return withRetries(retry, signal, async () => {
      // Ten minutes for a whole segment; the API's own calls are shorter, and so is silence before the answer.
      const timeout = AbortSignal.timeout(20 * REQUEST_TIMEOUT);
      const silence = new AbortController();
      const timer = setTimeout(() => {
        silence.abort(new Error(`no answer within ${REQUEST_TIMEOUT / 1000} s`));
      }, REQUEST_TIMEOUT);
      const wanted = range ? { range: `bytes=${range.offset}-${range.offset + range.length - 1}` } : {};
      try {
        const response = await fetch(this.address, {
          headers: { ...this.headers, ...wanted },
          signal: AbortSignal.any([timeout, silence.signal, ...(signal ? [signal] : [])]),
        });
        clearTimeout(timer);
        if (range && response.status === 206 && startOfPart(response, range.offset) !== range.offset)
          throw new Error(`it sent other bytes than those from ${range.offset} on`);
        if (!response.ok) throw this.refusal(response.status, await response.text());
        return await read(response, bodyOf(response, silence));
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof Failure) throw error;
        const failure = unanswered('GET', this.address, error);
        throw new HttpFailure(`${this.name} could not be downloaded: ${reasonOf(error)}`, undefined, {
          cause: failure,
        });
      } finally {
        clearTimeout(timer);
      }
    });
  }
}
