import { Injectable } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { EventRetentionRepository, type Removed, RETENTION_BATCH } from './event-retention.repository';

/** What one run removed. */
export interface RetentionResult {
  readonly deliveries: number;
  /** Those of `deliveries` that had still been owed. */
  readonly undelivered: number;
  readonly events: number;
}

/** Removes events, and what became of them, once they are older than `WEBHOOK_RETENTION_HOURS`. Any replica may, at any time. */
@Injectable()
export class EventRetention {
  constructor(
    private readonly database: Database,
    private readonly repository: EventRetentionRepository,
    private readonly configuration: Configuration,
    @InjectPinoLogger('Webhooks') private readonly logger: PinoLogger,
  ) {}

  /** @param signal ends the run after the statement it is at; the next run goes on */
  async run(signal?: AbortSignal): Promise<RetentionResult> {
    const upTo = await this.repository.lastExpired(this.database, this.configuration.webhooks.retentionHours);
    let [deliveries, undelivered] = [0, 0];
    for (const webhookId of await this.repository.webhookIds(this.database)) {
      const gone = await inBatches(() => this.repository.removeDeliveries(this.database, webhookId, upTo), signal);
      deliveries += gone.removed;
      undelivered += gone.undelivered;
    }
    const events = await inBatches(() => this.repository.removeEvents(this.database, upTo), signal);
    if (undelivered > 0) {
      this.logger.warn({ undelivered }, 'Events that webhooks never took were removed because of their age');
    }
    return { deliveries, undelivered, events: events.removed };
  }
}

async function inBatches(removeBatch: () => Promise<Removed>, signal: AbortSignal | undefined): Promise<Removed> {
  let [removed, undelivered] = [0, 0];
  for (;;) {
    const batch = await removeBatch();
    removed += batch.removed;
    undelivered += batch.undelivered;
    if (batch.removed < RETENTION_BATCH || signal?.aborted) return { removed, undelivered };
  }
}
