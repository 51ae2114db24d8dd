import { TimeRange } from '@tams/timing';
import { type Entry, wholeObjectOf } from './entry';
import type { PlayableSegment } from './playable-segment';
import { secondsOf } from './tags';
import { isTimeOfDay, utcOf } from './wall-clock';

/** Where players find what a playlist lists, relative to the playlist or absolute. */
export interface EntryAddresses {
  segment(segment: PlayableSegment): string;
  init(objectId: string): string;
  readonly gap: string;
}

/** What a media playlist says. */
export interface MediaPlaylist {
  readonly entries: readonly Entry[];
  /** Seconds. */
  readonly targetDuration: number;
  /** Number of the first entry (EXT-X-MEDIA-SEQUENCE). */
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  /** Whether all there will ever be is listed (EXT-X-PLAYLIST-TYPE:VOD). */
  readonly isWhole: boolean;
  /** Whether nothing more comes (EXT-X-ENDLIST). */
  readonly isEnded: boolean;
}

/** First version of the protocol with EXT-X-MAP in playlists of ordinary segments and EXT-X-GAP. */
const VERSION = 8;

/**
 * Writes a media playlist (RFC 8216bis).
 * @param now milliseconds since the epoch
 */
export function mediaPlaylistText(playlist: MediaPlaylist, addresses: EntryAddresses, now: number): string {
  const lines = headOf(playlist);
  let initObjectId: string | null = null;
  let previous: Entry | undefined;
  for (const entry of playlist.entries) {
    if (entry.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    const { segment } = entry;
    if (segment && segment.initObjectId !== initObjectId) {
      initObjectId = segment.initObjectId;
      if (initObjectId !== null) lines.push(`#EXT-X-MAP:URI="${addresses.init(initObjectId)}"`);
    }
    if (!previous || entry.discontinuity || !previous.segment !== !segment) lines.push(...dateOf(entry, now));
    lines.push(...linesOf(entry, addresses));
    previous = entry;
  }
  if (playlist.isEnded) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

function headOf(playlist: MediaPlaylist): string[] {
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    `#EXT-X-TARGETDURATION:${playlist.targetDuration}`,
    ...(playlist.isWhole ? ['#EXT-X-PLAYLIST-TYPE:VOD'] : []),
    ...(playlist.isEnded ? [] : ['#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES']),
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`,
    ...(playlist.discontinuitySequence > 0 ? [`#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`] : []),
  ];
}

function dateOf({ start }: Entry, now: number): string[] {
  return isTimeOfDay(start, now) ? [`#EXT-X-PROGRAM-DATE-TIME:${utcOf(start)}`] : [];
}

function linesOf(entry: Entry, addresses: EntryAddresses): string[] {
  const duration = `#EXTINF:${secondsOf(entry.end - entry.start)},`;
  const { segment } = entry;
  if (!segment) return ['#EXT-X-GAP', duration, addresses.gap];
  const whole = wholeObjectOf(segment);
  return [
    `#EXT-X-TAMS-TIMERANGE:${timerangeText(segment)}`,
    ...(whole ? [`#EXT-X-TAMS-OBJECT-TIMERANGE:${timerangeText(whole)}`] : []),
    duration,
    addresses.segment(segment),
  ];
}

function timerangeText({ start, end }: { readonly start: bigint; readonly end: bigint }): string {
  return TimeRange.fromHalfOpen({ start, end }).toString();
}
