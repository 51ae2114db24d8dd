import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { StreamPosition } from './stream-position';
import { StreamRepository } from './stream.repository';

const LOOK_AGAIN_MS = 20;
/** Longest time that transactions older than an epoch are waited for. */
const PATIENCE_MS = 5000;

/** Has the changes of this store written down for streams, and finds where a stream begins. */
@Injectable()
export class StreamDemand {
  constructor(
    private readonly database: Database,
    private readonly streams: StreamRepository,
    private readonly configuration: Configuration,
  ) {}

  /** How long events are written after the last stream, in seconds. */
  get seconds(): number {
    return this.configuration.eventStreams.resumeSeconds;
  }

  /** Says once more that events are wanted. @returns the epoch */
  async renew(): Promise<string> {
    return (await this.streams.demand(this.database, this.seconds)).epoch;
  }

  /**
   * The position from which on nothing is missed: whatever is committed after this is at or behind it.
   * Changes that were in progress when the epoch began may not know that they are wanted; they are waited for.
   */
  async begin(): Promise<StreamPosition> {
    const { epoch, settled } = await this.streams.demand(this.database, this.seconds);
    if (!settled) await this.olderTransactions();
    const { numbers, all } = await this.streams.recent(this.database);
    const first = numbers.at(-1) ?? 0n;
    const start = new StreamPosition(epoch, all ? 0n : first - 1n, []);
    return numbers.toReversed().reduce((position, sequence) => position.after(sequence), start);
  }

  private async olderTransactions(): Promise<void> {
    const { begun } = await this.streams.transactions(this.database);
    const deadline = performance.now() + PATIENCE_MS;
    while ((await this.streams.transactions(this.database)).ended < begun && performance.now() < deadline)
      await delay(LOOK_AGAIN_MS);
  }
}
