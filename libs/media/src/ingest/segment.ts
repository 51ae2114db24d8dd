import { formatTimeRange, formatTimestamp } from '../media-time';
import type { NewSegment } from '../tams-types';

/** Bytes of an object to send: in memory, or a part of a file, which may have been downloaded for this purpose only. */
export type Content =
  | { readonly bytes: Uint8Array }
  | { readonly path: string; readonly offset: number; readonly size: number; readonly isTemporary?: boolean };

/** One segment ready to be sent; times in nanoseconds, ranges half-open. */
export interface PreparedSegment {
  content: Content;
  /** The initialisation segment it needs, where its container has such. */
  init?: Content;
  /** Range on the Flow's timeline. */
  start: bigint;
  end: bigint;
  /** What to add to the times inside the object to get Flow times. */
  tsOffset: bigint;
  /** Range of everything in the object on its own timeline, where the segment does not use all of it (AppNote 0036). */
  objectRange?: { start: bigint; end: bigint };
  /** From the last picture to `end`; absent for sound, where a packet is many samples. */
  lastDuration?: bigint;
  keyFrames?: number;
  /** Bytes of each track inside, in the order of the collected Flows; absent where there is one. */
  trackBytes?: number[];
}

/** Size in bytes. */
export function sizeOf(content: Content): number {
  return 'bytes' in content ? content.bytes.byteLength : content.size;
}

/** The segment as the API takes it (schema `flow-segment-post`). */
export function newSegment(segment: PreparedSegment, objectId: string, initObjectId: string | undefined): NewSegment {
  const { start, end, tsOffset, objectRange, lastDuration, keyFrames } = segment;
  return {
    object_id: objectId,
    ...(initObjectId === undefined ? {} : { init_object_id: initObjectId }),
    timerange: formatTimeRange(start, end),
    ...(tsOffset === 0n ? {} : { ts_offset: formatTimestamp(tsOffset) }),
    ...(objectRange ? { object_timerange: formatTimeRange(objectRange.start, objectRange.end) } : {}),
    ...(lastDuration === undefined ? {} : { last_duration: formatTimestamp(lastDuration) }),
    ...(keyFrames === undefined ? {} : { key_frame_count: keyFrames }),
  };
}
