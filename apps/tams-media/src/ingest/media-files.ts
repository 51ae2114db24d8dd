import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { forEachConcurrently } from '../concurrency';
import {
  DEFAULT_RETRY,
  HttpFailure,
  REQUEST_TIMEOUT,
  refused,
  unanswered,
  withoutSecrets,
  withRetries,
} from '../client/http-request';
import { Failure, reasonOf } from '../failure';
import { readPlaylist } from './playlist';

/** One MPEG-TS file on this machine's disk. */
export interface MediaFile {
  /** What to call it in messages. */
  name: string;
  path: string;
}

/** The files that an argument of `ingest` names, in order. */
export interface MediaFiles {
  /** A name for the whole, fit for a label. */
  title: string;
  files: MediaFile[];
  warnings: string[];
  /** Removes what was downloaded. */
  dispose: () => Promise<void>;
}

const DOWNLOADS_AT_ONCE = 4;

/**
 * Finds the media behind a playlist, a file or a folder (`*.ts` in natural order), or an http(s) URL of the first two.
 * Remote segments are downloaded into a temporary folder, because they are read twice: for their times, then to be sent on.
 * @throws Failure where there is nothing to ingest
 */
export async function findMedia(argument: string, signal?: AbortSignal): Promise<MediaFiles> {
  if (/^https?:/i.test(argument)) return findRemote(argument, signal);
  const path = resolve(argument);
  const found = await stat(path).catch(() => undefined);
  if (!found)
    throw new Failure(`${path} does not exist`, {
      next: 'Give a .m3u8 playlist, a .ts file or a folder of .ts files.',
    });
  if (found.isDirectory()) return local(basename(path), await filesOfFolder(path));
  if (!/\.m3u8?$/i.test(path)) return local(basename(path), [{ name: basename(path), path }]);
  const playlist = readPlaylist(basename(path), await readFile(path, 'utf8'));
  if (playlist.uris.some((uri) => /^https?:/i.test(uri))) {
    throw new Failure(`${basename(path)} lists remote segments`, {
      next: 'Give the URL of the playlist instead of a copy of it.',
    });
  }
  const files = playlist.uris.map((uri) => ({ name: uri, path: pathOf(uri, path) }));
  const missing = files.find((file) => !existsSync(file.path));
  if (missing) throw new Failure(`${basename(path)} lists ${missing.name}, but ${missing.path} does not exist`);
  return local(titleOf(path), files, notEnded(playlist.ended));
}

function local(title: string, files: MediaFile[], warnings: string[] = []): MediaFiles {
  return { title: title.replace(/\.[^.]+$/, ''), files, warnings, dispose: () => Promise.resolve() };
}

/** `playlist.m3u8` and `index.m3u8` say nothing; the folder they lie in does. */
function titleOf(path: string): string {
  return /^(playlist|index|prog_index|master)\.m3u8?$/i.test(basename(path)) ? basename(dirname(path)) : basename(path);
}

function notEnded(ended: boolean): string[] {
  return ended
    ? []
    : ['The playlist has no end (EXT-X-ENDLIST): what it lists now is ingested, not what is added later'];
}

async function filesOfFolder(folder: string): Promise<MediaFile[]> {
  const natural = new Intl.Collator('en', { numeric: true });
  const names = (await readdir(folder)).filter((name) => /\.ts$/i.test(name)).sort((a, b) => natural.compare(a, b));
  if (names.length === 0)
    throw new Failure(`${folder} holds no .ts files`, {
      next: 'Give a .m3u8 playlist, a .ts file or a folder of .ts files.',
    });
  return names.map((name) => ({ name, path: join(folder, name) }));
}

/** Playlists hold URIs, but many tools write plain file names: a name that exists as it stands is one. */
function pathOf(uri: string, playlist: string): string {
  const plain = resolve(dirname(playlist), uri);
  if (existsSync(plain)) return plain;
  const url = new URL(uri, pathToFileURL(playlist));
  return url.protocol === 'file:' ? fileURLToPath(url) : plain;
}

async function findRemote(argument: string, signal: AbortSignal | undefined): Promise<MediaFiles> {
  const { pathname } = new URL(argument);
  const isFile = /\.ts$/i.test(pathname);
  const name = withoutSecrets(argument);
  const playlist = isFile ? undefined : readPlaylist(name, await getText(argument, signal));
  const urls = (playlist?.uris ?? [argument]).map((uri) => new URL(uri, argument));
  const foreign = urls.find((url) => !/^https?:$/.test(url.protocol));
  if (foreign) throw new Failure(`${name} lists ${foreign.protocol} URLs; a remote playlist may list http(s) only`);
  const folder = await mkdtemp(join(tmpdir(), 'tams-ingest-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const files = urls.map((url, index) => ({ name: basename(url.pathname), path: join(folder, `${index}.ts`) }));
    await forEachConcurrently(urls, DOWNLOADS_AT_ONCE, async (url, index) => {
      const file = files[index];
      if (file) await getFile(url.href, file.path, signal);
    });
    const title = titleOf(pathname).replace(/\.[^.]+$/, '');
    return { title: title || new URL(argument).host, files, warnings: notEnded(playlist?.ended ?? true), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function getText(url: string, signal: AbortSignal | undefined): Promise<string> {
  return get(url, signal, (response) => response.text());
}

async function getFile(url: string, path: string, signal: AbortSignal | undefined): Promise<void> {
  await get(url, signal, async (response) => {
    await pipeline(response.body ?? [], createWriteStream(path));
  });
}

function get<T>(url: string, signal: AbortSignal | undefined, read: (response: Response) => Promise<T>): Promise<T> {
  return withRetries(DEFAULT_RETRY, signal, async () => {
    // Ten minutes for a whole segment; the API's own calls are shorter.
    const timeout = AbortSignal.timeout(20 * REQUEST_TIMEOUT);
    try {
      const response = await fetch(url, { signal: signal ? AbortSignal.any([timeout, signal]) : timeout });
      if (!response.ok) throw refused('GET', url, { status: response.status, body: await response.text() });
      return await read(response);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HttpFailure) throw error;
      const failure = unanswered('GET', url, error);
      throw new HttpFailure(`${withoutSecrets(url)} could not be downloaded: ${reasonOf(error)}`, undefined, {
        cause: failure,
      });
    }
  });
}
