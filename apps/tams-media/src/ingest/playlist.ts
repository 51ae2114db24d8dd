import { Failure } from '../failure';

/** What a media playlist lists. */
export interface Playlist {
  /** URIs of the segments, in order, as written. */
  uris: string[];
  /** False for a live playlist, to which more may be added. */
  ended: boolean;
}

/** Tags (RFC 8216, section 4.3) that change what the segments are in ways this tool does not follow. */
const REFUSED: readonly { tag: RegExp; reason: string; next: string }[] = [
  {
    tag: /^#EXT-X-STREAM-INF/,
    reason: 'is a master playlist: it lists other playlists',
    next: 'Give one of the media playlists that it lists.',
  },
  {
    tag: /^#EXT-X-DISCONTINUITY$/,
    reason: 'has a discontinuity (EXT-X-DISCONTINUITY): its clock starts anew in the middle',
    next: 'A Flow has one continuous timeline. Ingest each continuous part as a Flow of its own.',
  },
  {
    tag: /^#EXT-X-MAP/,
    reason: 'lists fragmented MP4 (EXT-X-MAP), and only MPEG-TS is read',
    next: 'Re-wrap it without re-encoding: ffmpeg -i <playlist> -c copy -f hls <folder>/playlist.m3u8',
  },
  {
    tag: /^#EXT-X-KEY:(?!.*METHOD=NONE)/,
    reason: 'is encrypted (EXT-X-KEY)',
    next: 'Decrypt it without re-encoding: ffmpeg -i <playlist> -c copy -f hls <folder>/playlist.m3u8',
  },
  {
    tag: /^#EXT-X-BYTERANGE/,
    reason: 'cuts its segments out of larger files (EXT-X-BYTERANGE)',
    next: 'Make one file per segment: ffmpeg -i <playlist> -c copy -f hls <folder>/playlist.m3u8',
  },
  {
    tag: /^#EXT-X-GAP$/,
    reason: 'lists segments that do not exist (EXT-X-GAP)',
    next: 'Remove them from the playlist: the gap in time stays, because times come from the media.',
  },
];

/**
 * Reads an HLS media playlist. Durations in it are not used: times come from the media.
 * @param name what to call it in messages
 * @throws Failure where it is no media playlist of plain, continuous segments
 */
export function readPlaylist(name: string, text: string): Playlist {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim());
  if (lines[0] !== '#EXTM3U') {
    throw new Failure(`${name} is not an HLS playlist: its first line is not #EXTM3U`, {
      next: 'Give a .m3u8 playlist, a .ts file or a folder of .ts files.',
    });
  }
  const uris: string[] = [];
  for (const line of lines) {
    const refusal = REFUSED.find(({ tag }) => tag.test(line));
    // A discontinuity before the first segment separates it from something that is not here any more.
    if (refusal && !(line === '#EXT-X-DISCONTINUITY' && uris.length === 0)) {
      throw new Failure(`${name} ${refusal.reason}`, { next: refusal.next });
    }
    if (line !== '' && !line.startsWith('#')) uris.push(line);
  }
  if (uris.length === 0) throw new Failure(`${name} lists no segments`);
  return { uris, ended: lines.includes('#EXT-X-ENDLIST') };
}
