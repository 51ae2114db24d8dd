import { Injectable } from '@nestjs/common';
import { Semaphore, Database } from '@tams/platform';
import { TimeRange } from '@tams/timing';
import { NothingToPlayError, PlaylistTooLongError } from '../playback.errors';
import type { PlaylistQuery } from '../playback.schema';
import { entriesOf, gapEntriesIn, isNoticedGap, targetDurationOf } from '../playlist/entry';
import { mediaPlaylistText } from '../playlist/media-playlist';
import type { PlayableSegment } from '../playlist/playable-segment';
import type { Candidate } from '../presentation/candidate';
import { entryAddresses, type FlowAddresses } from './addresses';
import { MediaUrls } from './media-urls';
import { PlaybackRepository } from './playback.repository';

/** Most entries of one playlist: a day of two seconds each. */
const MOST_ENTRIES = 43_200;
/** Entries of playlists that are in work at a time, and how many requests may wait for their turn. */
const ENTRIES_IN_WORK = 2 * MOST_ENTRIES;
const MOST_WAITING = 250;

/** Media playlists of Flows that have segments of their own. */
@Injectable()
export class MediaPlaylistService {
  private readonly inWork = new Semaphore(ENTRIES_IN_WORK, MOST_WAITING);

  constructor(
    private readonly database: Database,
    private readonly repository: PlaybackRepository,
    private readonly urls: MediaUrls,
  ) {}

  /**
   * All of a Flow, or of a timerange of it, as it is now.
   * @throws {NothingToPlayError} {@link PlaylistTooLongError}
   */
  async playlist(flow: Candidate, query: PlaylistQuery, own: FlowAddresses, baseUrl: string): Promise<string> {
    const range = (query.timerange ?? TimeRange.ETERNITY).clampToStorable();
    return this.inWork.with(MOST_ENTRIES, async () => {
      const segments = await this.repository.segments(this.database, flow.id, range, MOST_ENTRIES + 1);
      if (segments.length === 0) throw new NothingToPlayError();
      const targetDuration = targetDurationOf(segments);
      refuseTooLong(segments, targetDuration);
      const playlist = {
        entries: entriesOf(segments, targetDuration),
        targetDuration,
        mediaSequence: 0,
        discontinuitySequence: 0,
        isWhole: true,
        isEnded: true,
      };
      const addresses = entryAddresses(flow, own);
      const used = query.direct ? await this.urls.direct(flow.id, segments, baseUrl, addresses) : addresses;
      return mediaPlaylistText(playlist, used, Date.now());
    });
  }
}

/** Gaps count as the entries they would take, before any is made. */
function refuseTooLong(segments: readonly PlayableSegment[], targetDuration: number): void {
  let count = segments.length;
  segments.forEach(({ start }, index) => {
    const gap = start - (segments[index - 1]?.end ?? start);
    if (isNoticedGap(gap)) count += gapEntriesIn(gap, targetDuration);
  });
  if (count > MOST_ENTRIES) throw new PlaylistTooLongError(MOST_ENTRIES);
}
