import { Injectable } from '@nestjs/common';
import { Batcher, Database } from '@tams/platform';
import { BATCH_BYTES, BATCH_EVENTS, type OwedEvent, QueueRepository, type Target } from './queue.repository';

/** Most webhooks whose events are read together; so many times {@link BATCH_BYTES} are read at most. */
const MOST_WEBHOOKS = 25;

/** What a webhook is owed next, and where it wants it. */
export interface Owed {
  readonly target: Target;
  readonly events: readonly OwedEvent[];
  /** Whether there may be more, which was left for the next time. */
  readonly full: boolean;
}

/** Reads what is owed, for all webhooks together: a change that twenty webhooks hear of is read by one statement. */
@Injectable()
export class OwedReader {
  private readonly reads: Batcher<string, ReadonlyMap<string, Owed>>;

  constructor(
    private readonly database: Database,
    private readonly queues: QueueRepository,
  ) {
    this.reads = new Batcher((webhookIds) => this.read(webhookIds), { most: MOST_WEBHOOKS });
  }

  /** @returns `undefined` when nothing is to be sent: it is deleted, disabled, in error, or not yet taken up again */
  async of(webhookId: string): Promise<Owed | undefined> {
    return (await this.reads.add(webhookId)).get(webhookId);
  }

  private async read(webhookIds: readonly string[]): Promise<ReadonlyMap<string, Owed>> {
    const targets = await this.queues.targets(this.database, webhookIds);
    const events = await this.queues.next(this.database, webhookIds);
    const byWebhook = Map.groupBy(events, (event) => event.webhook_id);
    return new Map(
      targets.map((target) => {
        const own = byWebhook.get(target.webhook_id) ?? [];
        return [target.webhook_id, { target, events: own, full: isFull(own) }];
      }),
    );
  }
}

function isFull(events: readonly OwedEvent[]): boolean {
  if (events.length === BATCH_EVENTS) return true;
  return events.reduce((sum, event) => sum + event.content_bytes, 0) >= BATCH_BYTES;
}
