import { Injectable } from '@nestjs/common';
import { Configuration, type Connection, Database } from '@tams/platform';
import { isNoticedGap, NANOSECONDS_PER_SECOND, targetDurationOf } from '../playlist/entry';
import type { Candidate } from '../presentation/candidate';
import { LivePlaylistRepository } from './live-playlist.repository';
import { publish, type PublishedEntry, upToUnsettledGap, type WaitingSegment } from './published-entry';

/** Most segments published at a time: what comes later waits for the next request. */
const MOST_AT_A_TIME = 5_000;

/** What is published of a Flow. */
export interface Published {
  /** Seconds. */
  readonly targetDuration: number;
  readonly last: PublishedEntry;
  /** Whether all segments there are now are published, up to the end of the Flow. */
  readonly isCaughtUp: boolean;
}

/**
 * Decides, once and for all replicas, under which number players know a segment: it is written down when it is first told
 * (docs/adr/0080-live-playlists.md). What a request costs depends on the segments since the last one, not on the Flow.
 */
@Injectable()
export class LivePublisher {
  private readonly running = new Map<string, Promise<Published | undefined>>();
  /** How much is published of a Flow that nobody has watched before, and kept, in nanoseconds. */
  private readonly history: bigint;

  constructor(
    private readonly database: Database,
    private readonly repository: LivePlaylistRepository,
    configuration: Configuration,
  ) {
    this.history = BigInt(configuration.playback.liveHistorySeconds) * NANOSECONDS_PER_SECOND;
  }

  /** Publishes what is new. @returns what is published then; `undefined` when the Flow has nothing */
  update(flow: Candidate): Promise<Published | undefined> {
    let run = this.running.get(flow.id);
    if (!run) {
      run = this.updateOnce(flow).finally(() => this.running.delete(flow.id));
      this.running.set(flow.id, run);
    }
    return run;
  }

  private async updateOnce(flow: Candidate): Promise<Published | undefined> {
    const { edge, targetDuration = 1, last } = await this.repository.state(this.database, flow.id);
    if (edge === undefined || (last && edge <= last.end)) return last && { targetDuration, last, isCaughtUp: true };
    const ready = await this.ready(this.database, flow, edge, last, targetDuration);
    if (ready.length === 0) return last && { targetDuration, last, isCaughtUp: false };
    return this.database.transaction((connection) => this.publishNew(connection, flow, edge));
  }

  private async publishNew(connection: Connection, flow: Candidate, edge: bigint): Promise<Published | undefined> {
    const { last: before } = await this.repository.state(connection, flow.id);
    if (!before) await this.repository.lockBeginnings(connection);
    const known = await this.repository.lock(connection, flow.id, 1);
    const { last } = await this.repository.state(connection, flow.id);
    const ready = await this.ready(connection, flow, edge, last, last && known);
    if (ready.length === 0) return last && { targetDuration: known, last, isCaughtUp: last.end >= edge };
    const targetDuration = Math.max(known, targetDurationOf(ready), last ? 1 : Math.ceil(flow.segmentDuration ?? 1));
    const isBreak = last !== undefined && this.isLongAgo(last, edge);
    const entries = publish(
      ready,
      last?.segment,
      isBreak || (last !== undefined && last.segment === undefined),
      targetDuration,
      await this.nextNumbers(connection, flow, ready, last, isBreak),
    );
    const forgetBefore = edge - 2n * this.history;
    await this.repository.append(connection, flow.id, entries, targetDuration, forgetBefore);
    const newest = entries.at(-1);
    return newest && { targetDuration, last: newest, isCaughtUp: newest.end >= edge };
  }

  private async nextNumbers(
    connection: Connection,
    flow: Candidate,
    ready: readonly WaitingSegment[],
    last: PublishedEntry | undefined,
    isBreak: boolean,
  ): Promise<{ sequence: number; discontinuitySequence: number }> {
    const own = last ? { sequence: last.sequence + 1, discontinuitySequence: last.discontinuitySequence } : undefined;
    if (own && !isBreak) return own;
    const start = ready[0]?.start ?? 0n;
    const sibling = await this.repository.sibling(connection, flow.id, start);
    return {
      sequence: Math.max(
        own?.sequence ?? 0,
        sibling?.sequence ?? (own ? 0 : Math.max(0, flow.segmentCount - ready.length)),
      ),
      discontinuitySequence: Math.max(
        own?.discontinuitySequence ?? 0,
        (sibling?.discontinuitySequence ?? 0) - Number(isBreak),
      ),
    };
  }

  private async ready(
    connection: Connection,
    flow: Candidate,
    edge: bigint,
    last: PublishedEntry | undefined,
    patience = 1,
  ): Promise<WaitingSegment[]> {
    const isContinued = last !== undefined && !this.isLongAgo(last, edge);
    const after = isContinued ? last.end : edge - this.history;
    const waiting = await this.repository.waiting(connection, flow.id, after, MOST_AT_A_TIME, patience);
    return upToUnsettledGap(waiting, isContinued ? last.end : undefined, isNoticedGap);
  }

  /** Whether nobody has watched for so long that what is between is not worth telling. */
  private isLongAgo(last: PublishedEntry, edge: bigint): boolean {
    return last.end < edge - this.history;
  }
}
