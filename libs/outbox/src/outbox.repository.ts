import { Injectable } from '@nestjs/common';
import { type Connection, prepared } from '@tams/platform';
import type { Collections, EventType } from './event';

/** A webhook that an event may be owed to: it waits for such events and none of its lists of ids rules this one out. */
export interface Listener {
  /** Null stands for event streams: they judge their filters and rights when they read. */
  readonly id: string | null;
  readonly flow_collected_by_ids: string[] | null;
  readonly source_collected_by_ids: string[] | null;
  /** Whether its owner may read everything. */
  readonly reach_all: boolean;
  /** Classes its owner may read; null when that was not recorded. */
  readonly reach: string[] | null;
}

/** An event as it is written. */
export interface EventWrite {
  readonly type: EventType;
  readonly flowId: string | undefined;
  readonly sourceId: string;
  /** JSON. */
  readonly content: string;
  readonly baseUrl: string | undefined;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  /** `auth_classes` of what it is about; absent when classes restrict nobody. */
  readonly classes: readonly string[] | undefined;
  /** What collects it; absent when no event stream wants to know. */
  readonly collections: Collections | undefined;
}

/** SQL of the writing side of the outbox. */
@Injectable()
export class OutboxRepository {
  /** Who may have to be told. Filters on Flows do not hold for events of Sources (ADR 0026 of the specification). */
  listeners(
    connection: Connection,
    type: EventType,
    flowId: string | undefined,
    sourceId: string,
  ): Promise<Listener[]> {
    return connection.query<Listener>(
      prepared(`SELECT id, CASE WHEN $2::uuid IS NOT NULL THEN flow_collected_by_ids END AS flow_collected_by_ids,
              source_collected_by_ids, reach_all, reach
         FROM webhooks
        WHERE status <> 'disabled' AND $1 = ANY(events)
          AND ($2::uuid IS NULL OR flow_ids IS NULL OR $2 = ANY(flow_ids))
          AND (source_ids IS NULL OR $3::uuid = ANY(source_ids))
       UNION ALL
       SELECT NULL, NULL, NULL, true, NULL FROM event_stream_demand WHERE wanted_until > clock_timestamp()`),
      [type, flowId ?? null, sourceId],
    );
  }

  /** Writes an event and whom it is owed to, in one statement. */
  async insert(connection: Connection, event: EventWrite, webhookIds: readonly string[]): Promise<void> {
    await connection.query(
      prepared(`WITH event AS (
         INSERT INTO outbox_events (type, flow_id, source_id, content, base_url, correlation_id, traceparent, classes,
                                    flow_collected_by, source_collected_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $10, $11) RETURNING sequence)
       INSERT INTO webhook_deliveries (webhook_id, sequence)
       SELECT webhook_id, event.sequence FROM event, unnest($8::uuid[]) AS owed (webhook_id)`),
      [
        event.type,
        event.flowId ?? null,
        event.sourceId,
        event.content,
        event.baseUrl ?? null,
        event.correlationId,
        event.traceparent ?? null,
        webhookIds,
        event.classes ?? null,
        event.collections?.flowCollectedBy ?? null,
        event.collections?.sourceCollectedBy ?? null,
      ],
    );
  }
}
