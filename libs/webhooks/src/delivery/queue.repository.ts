import { Injectable } from '@nestjs/common';
import type { Tags } from '@tams/model';
import type { EventType } from '@tams/outbox';
import { type Connection, prepared } from '@tams/platform';
import type { TraceCarrier } from '@tams/telemetry';
import type { SegmentPresentation, WebhookError } from '../webhook.schema';

/** Events of one webhook that are read at a time: at most so many, ... */
export const BATCH_EVENTS = 200;
/** ... and so many bytes of their contents; larger ones are read one by one, when there is memory for them. */
export const BATCH_BYTES = 256 * 1024;

/** A webhook whose deliveries this process has taken on. */
export interface Lease {
  readonly webhook_id: string;
  /** Attempts that have failed in a row. */
  readonly failures: number;
}

/** A lease that was extended, and how the webhook is now. */
export interface HeldWebhook {
  readonly webhook_id: string;
  readonly revision: string;
  readonly started: boolean;
}

/** Where and how a webhook wants its events. */
export interface Target {
  readonly webhook_id: string;
  readonly url: string;
  readonly api_key_name: string | null;
  /** Sealed. */
  readonly api_key_value: string | null;
  readonly presentation: SegmentPresentation;
  readonly revision: string;
  readonly tags: Tags | null;
  readonly reach_all: boolean;
  readonly reach: readonly string[] | null;
}

/** An event that is owed to a webhook. */
export interface OwedEvent {
  readonly webhook_id: string;
  readonly sequence: string;
  readonly id: string;
  readonly type: EventType;
  readonly occurred: string;
  /** JSON of the message's `event`; null when it is too large to be read before its turn ({@link QueueRepository.content}). */
  readonly content: string | null;
  readonly content_bytes: number;
  readonly base_url: string | null;
  readonly correlation_id: string;
  readonly traceparent: string | null;
  /** Headers by name: what else is known of the trace. */
  readonly trace_context: TraceCarrier | null;
  readonly attempts: number;
  /** `auth_classes` of what it is about, when it happened; null when classes restricted nobody. */
  readonly classes: readonly string[] | null;
}

/** One attempt in the history of a delivery. */
export interface AttemptEntry {
  readonly time: string;
  readonly duration_ms: number;
  readonly status_code?: number;
  readonly error?: string;
}

/** An attempt that was made. */
export interface MadeAttempt {
  readonly webhookId: string;
  readonly sequence: string;
  readonly entry: AttemptEntry;
}

/** What became of a webhook's queue after a failure. */
export interface FailedQueue {
  readonly failures: number;
  readonly failing_since: string;
  /** Whether it has failed for longer than the budget. */
  readonly spent: boolean;
}

/** Attempts kept of one delivery; older ones are dropped. */
const KEPT_ATTEMPTS = 20;

const APPEND_ATTEMPT = `attempts = d.attempts + 1,
  history = CASE WHEN jsonb_array_length(d.history) < ${KEPT_ATTEMPTS} THEN d.history ELSE d.history - 0 END`;

const TARGET = `SELECT id AS webhook_id, url, api_key_name, api_key_value, presentation, revision, tags, reach_all, reach
   FROM webhooks`;

/** SQL of delivery: who delivers what, and how it went. Times are the database's, so that replicas need not agree. */
@Injectable()
export class QueueRepository {
  /** Marks webhooks as taken up. */
  async start(connection: Connection): Promise<void> {
    await connection.query(`UPDATE webhooks SET status = 'started' WHERE status = 'created'`);
  }

  /**
   * Takes on webhooks that are owed something now and that nobody delivers to, those that have waited longest first.
   * @param leaseMs how long the lease lasts unless it is extended, in milliseconds
   */
  claim(connection: Connection, holder: string, count: number, leaseMs: number): Promise<Lease[]> {
    return connection.query<Lease>(
      `WITH free AS (
         SELECT q.webhook_id
           FROM webhook_queues q
           JOIN webhooks w ON w.id = q.webhook_id
          WHERE w.status = 'started'
            AND (q.held_until IS NULL OR q.held_until < clock_timestamp())
            AND (q.next_attempt IS NULL OR q.next_attempt <= clock_timestamp())
            AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = q.webhook_id AND d.state = 'waiting')
          ORDER BY q.served NULLS FIRST
          LIMIT $2 FOR UPDATE OF q SKIP LOCKED)
       UPDATE webhook_queues q
          SET holder = $1, held_until = clock_timestamp() + $3 * interval '1 millisecond'
         FROM free WHERE q.webhook_id = free.webhook_id
       RETURNING q.webhook_id, q.failures`,
      [holder, count, leaseMs],
    );
  }

  /** Extends leases. Those that are not in the answer were lost, to a deletion or to another process. */
  extend(
    connection: Connection,
    holder: string,
    webhookIds: readonly string[],
    leaseMs: number,
  ): Promise<HeldWebhook[]> {
    return connection.query<HeldWebhook>(
      `UPDATE webhook_queues q SET held_until = clock_timestamp() + $3 * interval '1 millisecond'
         FROM webhooks w
        WHERE q.holder = $1 AND q.webhook_id = ANY($2::uuid[]) AND w.id = q.webhook_id
       RETURNING q.webhook_id, w.revision, w.status = 'started' AS started`,
      [holder, webhookIds, leaseMs],
    );
  }

  async release(connection: Connection, holder: string, webhookId: string): Promise<void> {
    await connection.query(
      `UPDATE webhook_queues SET holder = NULL, held_until = NULL, served = clock_timestamp()
        WHERE holder = $1 AND webhook_id = $2`,
      [holder, webhookId],
    );
  }

  /** Webhooks that something may be sent to: not those that are deleted, disabled, in error, or not yet taken up again. */
  targets(connection: Connection, webhookIds: readonly string[]): Promise<Target[]> {
    return connection.query<Target>(prepared(`${TARGET} WHERE id = ANY($1::uuid[]) AND status = 'started'`), [
      webhookIds,
    ]);
  }

  /** The target of a webhook in any status, for a test of it. */
  async testTarget(connection: Connection, webhookId: string): Promise<Target | undefined> {
    const rows = await connection.query<Target>(`${TARGET} WHERE id = $1`, [webhookId]);
    return rows[0];
  }

  /** The events that are owed next, in order: of each webhook at least one, but no more than a batch of contents. */
  next(connection: Connection, webhookIds: readonly string[]): Promise<OwedEvent[]> {
    return connection.query<OwedEvent>(
      prepared(`SELECT asked.webhook_id, e.sequence, e.id, e.type, e.occurred, e.content_bytes, e.base_url,
                       CASE WHEN n.bytes_before + e.content_bytes <= ${BATCH_BYTES} THEN e.content END AS content, e.correlation_id,
                       e.traceparent, e.trace_context, e.classes, n.attempts
         FROM unnest($1::uuid[]) AS asked (webhook_id)
        CROSS JOIN LATERAL (
              SELECT d.sequence, d.attempts, sum(s.content_bytes) OVER (ORDER BY d.sequence) - s.content_bytes AS bytes_before
                FROM (SELECT sequence, attempts FROM webhook_deliveries
                       WHERE webhook_id = asked.webhook_id AND state = 'waiting' ORDER BY sequence LIMIT ${BATCH_EVENTS}) d
               CROSS JOIN LATERAL (SELECT content_bytes FROM outbox_events WHERE sequence = d.sequence) s) n
        CROSS JOIN LATERAL (SELECT * FROM outbox_events WHERE sequence = n.sequence) e
        WHERE n.bytes_before < ${BATCH_BYTES}
        ORDER BY asked.webhook_id, e.sequence`),
      [webhookIds],
    );
  }

  /** The content of one event; `undefined` when it is not kept any more. */
  async content(connection: Connection, sequence: string): Promise<string | undefined> {
    const rows = await connection.query<{ content: string }>(
      prepared('SELECT content FROM outbox_events WHERE sequence = $1'),
      [sequence],
    );
    return rows[0]?.content;
  }

  /**
   * Records deliveries that succeeded, of any number of webhooks. It does not wait for the disk: what a crash of PostgreSQL
   * forgets of the last moments is delivered again, as it is when this process dies before it gets here.
   */
  async succeed(connection: Connection, attempts: readonly MadeAttempt[]): Promise<void> {
    await connection.query(
      prepared(`WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
       UPDATE webhook_deliveries d
          SET state = 'delivered', delivered = clock_timestamp(), ${APPEND_ATTEMPT} || n.entry
         FROM unhurried, unnest($1::uuid[], $2::int8[], $3::jsonb[]) AS n (webhook_id, sequence, entry)
        WHERE d.webhook_id = n.webhook_id AND d.sequence = n.sequence`),
      [
        attempts.map(({ webhookId }) => webhookId),
        attempts.map(({ sequence }) => sequence),
        attempts.map(({ entry }) => JSON.stringify(entry)),
      ],
    );
  }

  /** Gives an event up: the webhook may not be told of it, or an operator says so. */
  async giveUp(connection: Connection, webhookId: string, sequence: string): Promise<void> {
    await connection.query(
      `UPDATE webhook_deliveries SET state = 'abandoned' WHERE webhook_id = $1 AND sequence = $2`,
      [webhookId, sequence],
    );
  }

  /** Forgets past failures of a webhook that works again. */
  async recovered(connection: Connection, webhookId: string): Promise<void> {
    await connection.query(
      'UPDATE webhook_queues SET failures = 0, failing_since = NULL, next_attempt = NULL WHERE webhook_id = $1',
      [webhookId],
    );
  }

  /** Records a failed attempt. */
  async recordFailure(connection: Connection, { webhookId, sequence, entry }: MadeAttempt): Promise<void> {
    await connection.query(
      `UPDATE webhook_deliveries d SET ${APPEND_ATTEMPT} || $3::jsonb WHERE d.webhook_id = $1 AND d.sequence = $2`,
      [webhookId, sequence, JSON.stringify(entry)],
    );
  }

  /**
   * Sets when the next attempt may be made.
   * @returns `undefined` when the lease was lost, or when a client has changed the webhook since
   */
  async backOff(
    connection: Connection,
    queue: {
      readonly webhookId: string;
      readonly holder: string;
      readonly revision: string;
      readonly pauseMs: number;
      readonly budgetMs: number;
    },
  ): Promise<FailedQueue | undefined> {
    const rows = await connection.query<FailedQueue>(
      `UPDATE webhook_queues q
          SET failures = q.failures + 1, failing_since = coalesce(q.failing_since, clock_timestamp()),
              next_attempt = clock_timestamp() + $4 * interval '1 millisecond'
         FROM webhooks w
        WHERE q.webhook_id = $1 AND q.holder = $2 AND w.id = q.webhook_id AND w.revision = $3
       RETURNING q.failures, q.failing_since,
                 q.failing_since + $5 * interval '1 millisecond' <= clock_timestamp() AS spent`,
      [queue.webhookId, queue.holder, queue.revision, queue.pauseMs, queue.budgetMs],
    );
    return rows[0];
  }

  /** Stops a webhook for good, unless a client has changed it since. */
  async stop(connection: Connection, webhookId: string, revision: string, error: WebhookError): Promise<void> {
    await connection.query(
      `UPDATE webhooks SET status = 'error', error = $3 WHERE id = $1 AND revision = $2 AND status = 'started'`,
      [webhookId, revision, JSON.stringify(error)],
    );
  }

  /** The attempts at one delivery, oldest first. */
  async history(connection: Connection, webhookId: string, sequence: string): Promise<AttemptEntry[]> {
    const rows = await connection.query<{ history: AttemptEntry[] }>(
      'SELECT history FROM webhook_deliveries WHERE webhook_id = $1 AND sequence = $2',
      [webhookId, sequence],
    );
    return rows[0]?.history ?? [];
  }
}
