import { TimeRange } from '@tams/timing';

/** What a playlist says of one of its entries: nanoseconds on the timeline of the Flow. */
export interface PlaylistEntry {
  readonly start: bigint;
  readonly end: bigint;
  readonly isGap: boolean;
}

/** An entry of a media playlist, and where it lies in the player's time (seconds). */
export interface MappedEntry extends PlaylistEntry {
  readonly playerStart: number;
  readonly playerEnd: number;
}

interface Listed {
  readonly range: { readonly start: bigint; readonly end: bigint } | undefined;
  readonly length: bigint;
  readonly isGap: boolean;
}

const NANOSECONDS = 1e9;
/** Players stop a moment before the end of what they have, in seconds. */
const SHY = 0.3;

/**
 * Reads where on the Flow's timeline each entry of our media playlists lies (`EXT-X-TAMS-TIMERANGE`). Gaps have no
 * timerange of their own: they go on where the entry before them ended.
 */
export function playlistEntriesOf(text: string): PlaylistEntry[] {
  const entries: Listed[] = [];
  let range: Listed['range'];
  let isGap = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXT-X-TAMS-TIMERANGE:')) range = boundsOf(line.slice(line.indexOf(':') + 1).trim());
    else if (line.startsWith('#EXT-X-GAP')) isGap = true;
    else if (line.startsWith('#EXTINF:')) {
      const length = BigInt(Math.round(Number.parseFloat(line.slice(8)) * NANOSECONDS));
      entries.push({ range, length, isGap });
      range = undefined;
      isGap = false;
    }
  }
  return placed(entries);
}

function placed(entries: readonly Listed[]): PlaylistEntry[] {
  const first = entries.findIndex(({ range }) => range !== undefined);
  const anchor = entries[first]?.range;
  if (!anchor) return [];
  // What comes before the first known entry ends where that begins.
  const before = entries.slice(0, first).reduce((sum, { length }) => sum + length, 0n);
  let position = anchor.start - before;
  return entries.map(({ range, length, isGap }) => {
    const entry = range ?? { start: position, end: position + length };
    position = entry.end;
    return { ...entry, isGap };
  });
}

function boundsOf(text: string): { start: bigint; end: bigint } | undefined {
  const { start, end } = TimeRange.parse(text).toHalfOpen();
  return start === null || end === null ? undefined : { start, end };
}

/** The player's time of a moment of the timeline; in a gap, or outside, that of the nearest moment that can be played. */
export function playerTimeOf(entries: readonly MappedEntry[], moment: bigint): number | undefined {
  for (const entry of entries) {
    if (entry.isGap || entry.end <= moment) continue;
    if (moment <= entry.start) return entry.playerStart;
    return Math.min(entry.playerStart + Number(moment - entry.start) / NANOSECONDS, entry.playerEnd);
  }
  return entries.findLast(({ isGap }) => !isGap)?.playerEnd;
}

/** The moment of the timeline at the player's time. */
export function momentAt(entries: readonly MappedEntry[], seconds: number): bigint | undefined {
  const entry = entries.find(({ playerEnd }) => seconds < playerEnd) ?? entries.at(-1);
  if (!entry) return undefined;
  const into = BigInt(Math.round((seconds - entry.playerStart) * NANOSECONDS));
  return entry.start + (into > 0n ? into : 0n);
}

/** The entry after a gap the player has run into; `undefined` when it is in none. */
export function afterGap(entries: readonly MappedEntry[], seconds: number): MappedEntry | undefined {
  const index = entries.findIndex(
    ({ isGap, playerStart, playerEnd }) => isGap && playerStart - SHY <= seconds && seconds < playerEnd - 0.01,
  );
  return index < 0 ? undefined : entries.slice(index).find(({ isGap }) => !isGap);
}
