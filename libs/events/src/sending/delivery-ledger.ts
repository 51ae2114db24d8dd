import { Injectable } from '@nestjs/common';
import { Database } from '@tams/platform';
import { type MadeAttempt, QueueRepository } from './queue.repository';

/**
 * Writes down successful deliveries, those of all webhooks together: while one statement runs, the next one's rows gather, so
 * a busy process makes few large writes and a quiet one writes at once.
 */
@Injectable()
export class DeliveryLedger {
  private gathered: MadeAttempt[] = [];
  private scheduled: Promise<void> | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly queues: QueueRepository,
  ) {}

  /** @returns settles once the success is written, or could not be: the event is then delivered again */
  record(attempt: MadeAttempt): Promise<void> {
    this.gathered.push(attempt);
    this.scheduled ??= this.writeAfter(this.writing);
    return this.scheduled;
  }

  private async writeAfter(previous: Promise<unknown>): Promise<void> {
    await previous;
    const attempts = this.gathered;
    this.gathered = [];
    this.scheduled = undefined;
    const write = this.queues.succeed(this.database, attempts);
    this.writing = write.catch(() => undefined);
    await write;
  }
}
