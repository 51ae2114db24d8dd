import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpFailure, type RetryPolicy } from '../client/http-request';
import { Failure, reasonOf } from '@tams/media';
import type { TemporaryFolder } from '../temporary-folder';
import type { Location } from './location';
import { readMediaPlaylist, type ListedSegment, type MediaPlaylist } from './playlist';
import { SegmentFetcher, type ExistingSegment } from './segmented-media';

/** How a growing playlist is followed. */
export interface FollowOptions {
  /** Ends the following; what has been listed before is still given. */
  stop: AbortSignal;
  warn: (text: string) => void;
  /** Milliseconds without a readable playlist after which it is given up; default ten minutes. */
  patience?: number;
}

const PATIENCE = 600_000;
const LONGEST_PAUSE = 15_000;
/** A file that is listed is there in a moment, or it never will be. */
const RETRY: RetryPolicy = { attempts: 4, firstDelay: 300 };

/**
 * Segments that are fetched into files before the server takes them: ten minutes of a usual playlist. What an origin takes out of
 * its playlist while the server is away would be lost.
 */
const MOST_WAITING = 300;

/** The segments of a playlist as it grows, read ahead of whoever takes them. @throws Failure behind the last that was read */
export async function* followPlaylist(
  ...following: Parameters<typeof listedSegments>
): AsyncGenerator<ExistingSegment> {
  const waiting = Readable.from(untilFailure(listedSegments(...following)), { highWaterMark: MOST_WAITING });
  for await (const item of waiting as AsyncIterable<ExistingSegment | { failure: unknown }>) {
    if ('failure' in item) throw item.failure;
    yield item;
  }
}

/** A stream that fails forgets what waits in it, so the failure takes its place behind that. */
async function* untilFailure(
  segments: AsyncIterable<ExistingSegment>,
): AsyncGenerator<ExistingSegment | { failure: unknown }> {
  try {
    yield* segments;
  } catch (failure) {
    yield { failure };
  }
}

/**
 * The segments of a playlist as it grows, reloaded as RFC 8216 (6.3.4) says: after a target duration, or half of one where nothing
 * was new. A segment that is gone is left out with a warning, and its time stays a gap. An origin that is away is waited for with
 * growing pauses; one that starts over is followed.
 */
async function* listedSegments(
  first: MediaPlaylist,
  location: Location,
  folder: TemporaryFolder,
  options: FollowOptions,
): AsyncGenerator<ExistingSegment> {
  const fetcher = new SegmentFetcher(location, folder, undefined, RETRY);
  let [playlist, next, epoch] = [first, first.sequence, 0];
  let loadedAt = performance.now();
  for (;;) {
    const end = playlist.sequence + playlist.segments.length;
    // Numbers that begin again below what was read are those of an origin that started over.
    if (end < next) [next, epoch] = [playlist.sequence, epoch + 1];
    const fresh = playlist.segments.filter((segment) => segment.sequence >= next);
    const missed = playlist.sequence - next;
    if (missed > 0) options.warn(`${location.name}: ${missed} segments went by while nobody could read them`);
    for (const segment of fresh) {
      const fetched = await fetchListed(fetcher, segment, options);
      // A new origin is a discontinuity, whether it says so or not.
      if (fetched) yield { ...fetched, discontinuity: fetched.discontinuity + epoch * 1_000_000 };
      next = segment.sequence + 1;
    }
    next = Math.max(next, end);
    if (playlist.ended || options.stop.aborted) return;
    const pause = (playlist.targetDuration || 2) * (fresh.length > 0 ? 1000 : 500);
    // Counted from when the last one was asked for, so that fetching segments delays nothing.
    if (!(await paused(Math.max(0, loadedAt + pause - performance.now()), options.stop))) return;
    loadedAt = performance.now();
    const reloaded = await reload(location, options);
    if (!reloaded) return;
    playlist = reloaded;
  }
}

async function fetchListed(
  fetcher: SegmentFetcher,
  segment: ListedSegment,
  options: FollowOptions,
): Promise<ExistingSegment | undefined> {
  try {
    return await fetcher.fetch(segment);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    options.warn(`Segment ${segment.sequence} is left out: ${error.message}`);
    return undefined;
  }
}

/** The playlist as it is now; undefined when following ends. @throws Failure when patience is at an end */
async function reload(location: Location, options: FollowOptions): Promise<MediaPlaylist | undefined> {
  const deadline = Date.now() + (options.patience ?? PATIENCE);
  for (let pause = 500; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      const { text } = await location.text(options.stop, { attempts: 1, firstDelay: 0 });
      return readMediaPlaylist(location.name, text);
    } catch (error) {
      if (options.stop.aborted) return undefined;
      if (Date.now() > deadline) {
        throw new Failure(`${location.name} has been away too long: ${reasonOf(error)}`, { cause: error });
      }
      if (pause === 500) options.warn(`${location.name} cannot be read at the moment: ${reasonOf(error)}`);
      if (!(await paused(pause, options.stop))) return undefined;
    }
  }
}

/** Waits; false when following ends meanwhile. */
async function paused(milliseconds: number, stop: AbortSignal): Promise<boolean> {
  try {
    await delay(milliseconds, undefined, { signal: stop });
    return true;
  } catch {
    return false;
  }
}
