import { parse, types } from 'hls-parser';
import { type TestServer } from '../../support/test-server';

/** A playlist as it came, and as a parser nobody here wrote reads it. */
export interface ReadPlaylist<Kind> {
  readonly text: string;
  readonly parsed: Kind;
  readonly headers: Headers;
}

/** Fetches a playlist that must be there. @param path on the server, or a whole URL */
export async function readPlaylist(tams: Pick<TestServer, 'url'>, path: string): Promise<ReadPlaylist<types.Playlist>> {
  const answer = await fetch(new URL(path, tams.url));
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
  expect(answer.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
  return { text, parsed: parse(text), headers: answer.headers };
}

/** Fetches a media playlist that must be there. */
export async function readMediaPlaylist(
  tams: Pick<TestServer, 'url'>,
  path: string,
): Promise<ReadPlaylist<types.MediaPlaylist>> {
  const playlist = await readPlaylist(tams, path);
  if (playlist.parsed.isMasterPlaylist) throw new Error(`${path} is a multivariant playlist:\n${playlist.text}`);
  return { ...playlist, parsed: playlist.parsed as types.MediaPlaylist };
}

/** Fetches a multivariant playlist that must be there. */
export async function readMultivariantPlaylist(
  tams: Pick<TestServer, 'url'>,
  path: string,
): Promise<ReadPlaylist<types.MasterPlaylist>> {
  const playlist = await readPlaylist(tams, path);
  if (!playlist.parsed.isMasterPlaylist) throw new Error(`${path} is a media playlist:\n${playlist.text}`);
  return { ...playlist, parsed: playlist.parsed as types.MasterPlaylist };
}

/** A path of the server that a playlist names relative to itself. */
export function pathBeside(playlistPath: string, address: string): string {
  const url = new URL(address, new URL(playlistPath, 'http://server'));
  return url.pathname + url.search;
}
