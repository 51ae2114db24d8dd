import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Connection, Configuration, Database } from '@tams/platform';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import type { WebhookError } from '../webhook.schema';
import { entryOf } from './attempt-entry';
import type { Attempt } from './http-sender';
import { type AttemptEntry, type FailedQueue, type OwedEvent, QueueRepository } from './queue.repository';
import { retryPause } from './retry-pause';

/** However long a webhook has failed, it is tried at least so often before it is stopped. */
const FEWEST_ATTEMPTS = 5;

/** What follows a failed attempt: a pause, or the end of the webhook when its budget is spent. */
@Injectable()
export class FailureHandling {
  /** Identifies this process as the holder of the webhooks it delivers to. */
  readonly holder = randomUUID();

  constructor(
    private readonly database: Database,
    private readonly queues: QueueRepository,
    private readonly configuration: Configuration,
    @InjectPinoLogger('Webhooks') private readonly logger: PinoLogger,
  ) {}

  /**
   * Records a failure and sets when the next attempt may be, or stops the webhook. Its holder then releases it.
   * @param failures attempts that have failed in a row, this one among them
   * @returns how long to wait before the next attempt, in milliseconds; infinite when there will be none
   */
  async record(
    webhookId: string,
    revision: string,
    event: OwedEvent,
    attempt: Attempt,
    failures: number,
  ): Promise<number> {
    const settings = this.configuration.webhooks;
    const pauseMs = retryPause(failures, attempt.retryAfterMs, settings);
    const stopped = await this.database.transaction(async (connection) => {
      await this.queues.recordFailure(connection, { webhookId, sequence: event.sequence, entry: entryOf(attempt) });
      const queue = { webhookId, holder: this.holder, revision, pauseMs, budgetMs: settings.budgetMs };
      const failed = await this.queues.backOff(connection, queue);
      if (!failed?.spent || failed.failures < FEWEST_ATTEMPTS) return undefined;
      return this.stop(connection, webhookId, revision, event, failed);
    });
    if (!stopped) return pauseMs;
    this.logger.warn({ webhook_id: webhookId, event_id: event.id }, stopped.summary);
    return Infinity;
  }

  private async stop(
    connection: Connection,
    webhookId: string,
    revision: string,
    event: OwedEvent,
    failed: FailedQueue,
  ): Promise<WebhookError> {
    const history = await this.queues.history(connection, webhookId, event.sequence);
    const error = errorOf(event, failed, history);
    await this.queues.stop(connection, webhookId, revision, error);
    return error;
  }
}

/** The `error` of a webhook that was stopped: what went wrong, since when, and what to do. */
export function errorOf(
  event: Pick<OwedEvent, 'id' | 'type' | 'occurred'>,
  { failures, failing_since }: Pick<FailedQueue, 'failures' | 'failing_since'>,
  history: readonly AttemptEntry[],
): WebhookError {
  const last = history.at(-1)?.error ?? 'no answer';
  return {
    type: 'delivery-failed',
    summary:
      `Event ${event.id} (${event.type} of ${event.occurred}) could not be delivered: ${failures} attempts since ` +
      `${failing_since} failed, the last with: ${last}. Nothing is lost: once the receiver works, set the status to created, ` +
      'and everything since then is sent in order.',
    traceback: history.map(
      ({ time, duration_ms, error }) => `${time}: ${error ?? 'delivered'} (after ${duration_ms} ms)`,
    ),
    time: new Date().toISOString(),
  };
}
