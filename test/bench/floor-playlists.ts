/** A segment as the server's SQL gives it to playlists, as far as the floor looks at it. */
export interface PlayedRow {
  readonly start_ns: string;
  readonly end_ns: string;
}

/** An entry of a live playlist. */
export interface EntryRow extends PlayedRow {
  readonly entry_end_ns: string;
  readonly sequence: string;
}

const SECOND = 1_000_000_000n;

/** The playlist of a Flow of whole segments of two seconds, one after the other, in MPEG-TS. */
export function playlistText(rows: readonly PlayedRow[]): string {
  return [...headOf('#EXT-X-PLAYLIST-TYPE:VOD', 0), ...rows.map(entryOf), '#EXT-X-ENDLIST', ''].join('\n');
}

/** Its live window. */
export function livePlaylistText(rows: readonly EntryRow[]): string {
  const head = headOf('#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES', Number(rows[0]?.sequence));
  return [...head, ...rows.map(entryOf), ''].join('\n');
}

function headOf(kind: string, sequence: number): string[] {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:8',
    '#EXT-X-TARGETDURATION:2',
    kind,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MEDIA-SEQUENCE:${sequence}`,
  ];
}

function entryOf({ start_ns: start, end_ns: end }: PlayedRow): string {
  return `#EXT-X-TAMS-TIMERANGE:[${timestampOf(start)}_${timestampOf(end)})\n#EXTINF:2.000,\noutput/${end}.ts`;
}

function timestampOf(nanoseconds: string): string {
  const time = BigInt(nanoseconds);
  return `${time / SECOND}:${time % SECOND}`;
}
