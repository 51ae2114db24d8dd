import { Injectable } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { metrics } from '@tams/telemetry';
import { MediaUrls } from '../media/media-urls';
import { entryAddresses, type FlowAddresses } from '../media/addresses';
import { NothingToPlayError, TooFarAheadError } from '../playback.errors';
import type { PlaylistQuery } from '../playback.schema';
import { NANOSECONDS_PER_SECOND } from '../playlist/entry';
import { mediaPlaylistText } from '../playlist/media-playlist';
import { isTimeOfDay, taiNow } from '../playlist/wall-clock';
import type { Candidate } from '../presentation/candidate';
import { EdgeWatch } from './edge-watch';
import { LivePlaylistRepository } from './live-playlist.repository';
import { LivePublisher, type Published } from './live-publisher';
import type { PublishedEntry } from './published-entry';

/** How many target durations a player may wait for an entry (RFC 8216bis, section 6.2.5.2). */
const PATIENCE_TARGET_DURATIONS = 3;
/** How long at most, in milliseconds: hls.js and Shaka Player give a request up when nothing came for ten seconds. */
const LONGEST_PATIENCE_MS = 8_000;
/** How many entries ahead a player may ask for (the same section). */
const FURTHEST_AHEAD = 2;

/** Live playlists: a window at the end of a Flow that grows, under numbers that never change. */
@Injectable()
export class LivePlaylistService {
  private readonly window: bigint;

  constructor(
    private readonly database: Database,
    private readonly repository: LivePlaylistRepository,
    private readonly publisher: LivePublisher,
    private readonly edge: EdgeWatch,
    private readonly urls: MediaUrls,
    configuration: Configuration,
  ) {
    this.window = BigInt(configuration.playback.liveWindowSeconds) * NANOSECONDS_PER_SECOND;
  }

  /** @throws {NothingToPlayError} {@link TooFarAheadError} */
  async playlist(flow: Candidate, query: PlaylistQuery, own: FlowAddresses, baseUrl: string): Promise<string> {
    const published = await this.published(flow, query._HLS_msn);
    if (!published) throw new NothingToPlayError();
    const entries = await this.listed(flow, query, published);
    const first = entries[0];
    if (!first) throw new NothingToPlayError();
    const addresses = entryAddresses(flow, own);
    const segments = entries.flatMap(({ segment }) => segment ?? []);
    const used = query.direct ? await this.urls.direct(flow.id, segments, baseUrl, addresses) : addresses;
    const now = Date.now();
    noteDistance(flow, published.last.end, now);
    return mediaPlaylistText(
      {
        entries,
        targetDuration: published.targetDuration,
        mediaSequence: first.sequence,
        discontinuitySequence: first.discontinuitySequence,
        isWhole: false,
        isEnded: flow.status === 'closed_complete' && published.isCaughtUp,
      },
      used,
      now,
    );
  }

  /** What is published, once that includes the entry a player waits for, or will not for now. */
  private async published(flow: Candidate, awaited: number | undefined): Promise<Published | undefined> {
    let published = await this.publisher.update(flow);
    if (awaited === undefined || !published || flow.status === 'closed_complete') return published;
    if (awaited > published.last.sequence + FURTHEST_AHEAD) throw new TooFarAheadError(published.last.sequence);
    const patience = Math.min(PATIENCE_TARGET_DURATIONS * published.targetDuration * 1000, LONGEST_PATIENCE_MS);
    const end = performance.now() + patience;
    while (published.last.sequence < awaited && performance.now() < end && !this.edge.isStopping) {
      const edge = await this.edge.next(flow.id);
      if (edge !== undefined && edge > published.last.end) published = (await this.publisher.update(flow)) ?? published;
    }
    return published;
  }

  private async listed(
    flow: Candidate,
    { timerange }: PlaylistQuery,
    { last }: Published,
  ): Promise<readonly PublishedEntry[]> {
    if (!timerange) return this.repository.entries(this.database, flow.id, last.end - this.window);
    const { start, end } = timerange.clampToStorable();
    const entries = await this.repository.entries(this.database, flow.id, start);
    return entries.filter((entry) => entry.start < end);
  }
}

/** How far the end of the playlist is behind now: by the clock where the timeline is one, else since the last registration. */
function noteDistance(flow: Candidate, end: bigint, now: number): void {
  const seconds = isTimeOfDay(end, now)
    ? Number(taiNow(now) - end) / Number(NANOSECONDS_PER_SECOND)
    : (flow.idleSeconds ?? 0);
  metrics.playbackEdgeDistance.series({}).set(seconds);
}
