import { Injectable } from '@nestjs/common';
import { type Connection, prepared } from '@tams/platform';
import type { TraceCarrier } from '@tams/telemetry';
import type { Collections, EventType } from './event';

/** A webhook that an event may be owed to: it waits for such events and none of its lists of ids rules this one out. */
export interface Listener {
  /** The Source the event is about, for a Flow the one it represents. */
  readonly source_id: string;
  /** Null stands for event streams: they judge their filters and rights when they read. */
  readonly id: string | null;
  /** Whether it filters by what collects the Flow or Source. */
  readonly by_collections: boolean;
  /** Whether its owner may read everything. */
  readonly reach_all: boolean;
  /** Classes its owner may read; null when that was not recorded. */
  readonly reach: string[] | null;
}

/** An event as it is written. */
export interface EventWrite {
  /** What the message is known by. */
  readonly id: string;
  readonly flowId: string | undefined;
  readonly sourceId: string;
  /** JSON. */
  readonly content: string;
  readonly baseUrl: string | undefined;
  /** `auth_classes` of what it is about; absent when classes restrict nobody. */
  readonly classes: readonly string[] | undefined;
  /** What collects it; absent when no event stream wants to know. */
  readonly collections: Collections | undefined;
  /** Webhooks it is owed to. */
  readonly owed: readonly string[];
}

/** What events of one change have in common. */
export interface EventCause {
  readonly type: EventType;
  readonly correlationId: string;
  /** Headers of the trace it belongs to, as the configured propagators write them. */
  readonly trace: TraceCarrier;
}

/**
 * SQL: whether a webhook's list names an id. The subquery refers to nothing outside it, so that it runs once a statement and
 * not once a webhook. A server of an older version keeps lists in the webhook's row alone.
 */
const named = (kind: string, member: string, members: string): string =>
  `(w.${kind} IS NULL OR CASE WHEN w.filters_revision = w.revision
     THEN (w.id, ${member}) IN (SELECT webhook_id, member_id FROM webhook_filters WHERE kind = '${kind}' AND member_id = ANY(${members}))
     ELSE ${member} = ANY(w.${kind}) END)`;

/**
 * SQL: whether a webhook's list of collections lets something through. An empty list asks for what no collection has.
 * @param collections place of the collections it is in
 */
const admits = (kind: string, collections: string): string =>
  `(w.${kind} IS NULL OR CASE WHEN w.filters_revision = w.revision
     THEN w.id IN (SELECT webhook_id FROM webhook_filters WHERE kind = '${kind}' AND member_id = ANY(${collections}))
       OR (cardinality(${collections}) = 0
           AND NOT EXISTS (SELECT 1 FROM webhook_filters f WHERE f.webhook_id = w.id AND f.kind = '${kind}'))
     ELSE w.${kind} && ${collections} OR (cardinality(${collections}) = 0 AND cardinality(w.${kind}) = 0) END)`;

const FLOW = `ARRAY[$2::uuid]`;
const SOURCES = `$3::uuid[]`;

const LISTENERS = prepared(`
  SELECT about.source_id, w.id, w.reach_all, w.reach,
         w.source_collected_by_ids IS NOT NULL OR ($2::uuid IS NOT NULL AND w.flow_collected_by_ids IS NOT NULL) AS by_collections
    FROM unnest(${SOURCES}) AS about (source_id)
   CROSS JOIN webhooks w
   WHERE w.status <> 'disabled' AND $1 = ANY(w.events)
     AND ($2::uuid IS NULL OR ${named('flow_ids', '$2::uuid', FLOW)})
     AND ${named('source_ids', 'about.source_id', SOURCES)}
   UNION ALL
  SELECT about.source_id, NULL, true, NULL, false
    FROM event_stream_demand, unnest(${SOURCES}) AS about (source_id) WHERE wanted_until > clock_timestamp()`);

/** Whether anybody listens to a type at all, whatever their filters: a tenth of the work of asking who. */
const HEARD = prepared(`
  SELECT EXISTS (SELECT FROM webhooks WHERE status <> 'disabled' AND $1 = ANY(events))
      OR EXISTS (SELECT FROM event_stream_demand WHERE wanted_until > clock_timestamp()) AS heard`);

const COLLECTING = prepared(`
  SELECT w.id FROM webhooks w
   WHERE w.id = ANY($1::uuid[])
     AND ($2::uuid[] IS NULL OR ${admits('flow_collected_by_ids', '$2::uuid[]')})
     AND ${admits('source_collected_by_ids', '$3::uuid[]')}`);

/** SQL of an array from its JSON; null from null. */
const listFrom = (json: string, type: 'text' | 'uuid'): string =>
  `CASE WHEN ${json} IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(${json}))::${type}[] END`;

const INSERT = prepared(`
  WITH event AS (
    INSERT INTO outbox_events (type, correlation_id, traceparent, trace_context, id, flow_id, source_id, content, base_url, classes,
                               flow_collected_by, source_collected_by)
    SELECT $1, $2, $3, $14::json, e.id, e.flow_id, e.source_id, e.content, e.base_url, ${listFrom('e.classes', 'text')},
           ${listFrom('e.flows', 'uuid')}, ${listFrom('e.sources', 'uuid')}
      FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::json[], $10::json[], $11::json[])
        WITH ORDINALITY AS e (id, flow_id, source_id, content, base_url, classes, flows, sources, position)
     ORDER BY e.position
    RETURNING id, sequence)
  INSERT INTO webhook_deliveries (webhook_id, sequence)
  SELECT owed.webhook_id, event.sequence
    FROM event JOIN unnest($12::uuid[], $13::uuid[]) AS owed (event_id, webhook_id) ON owed.event_id = event.id`);

/** SQL of the writing side of the outbox. */
@Injectable()
export class OutboxRepository {
  /** Whether there is anybody who listens to events of one type, of some Flow or Source. */
  async isHeard(connection: Connection, type: EventType): Promise<boolean> {
    const [row] = await connection.query<{ heard: boolean }>(HEARD, [type]);
    return row?.heard ?? false;
  }

  /**
   * Who may have to be told of events of one type, by Source. Filters on Flows do not hold for events of Sources (ADR 0026 of the
   * specification).
   * @param flowId absent for events about Sources
   */
  listeners(
    connection: Connection,
    type: EventType,
    flowId: string | undefined,
    sourceIds: readonly string[],
  ): Promise<Listener[]> {
    return connection.query<Listener>(LISTENERS, [type, flowId ?? null, sourceIds]);
  }

  /**
   * Which of these webhooks want what is in these collections.
   * @param about what collects the Flow counts for events of Flows only
   */
  async wanting(
    connection: Connection,
    webhookIds: readonly string[],
    { flowCollectedBy, sourceCollectedBy }: Collections,
    about: 'flow' | 'source',
  ): Promise<ReadonlySet<string>> {
    const flows = about === 'flow' ? flowCollectedBy : null;
    const rows = await connection.query<{ id: string }>(COLLECTING, [webhookIds, flows, sourceCollectedBy]);
    return new Set(rows.map(({ id }) => id));
  }

  /** Writes events, in order, and whom they are owed to, in one statement. */
  async insert(connection: Connection, cause: EventCause, events: readonly EventWrite[]): Promise<void> {
    const owed = events.flatMap(({ id, owed: webhookIds }) => webhookIds.map((webhookId) => [id, webhookId] as const));
    const json = (list: readonly string[] | undefined): string | null => (list ? JSON.stringify(list) : null);
    // A server of an older version reads traceparent alone; mostly there is no more.
    const { traceparent, ...more } = cause.trace;
    await connection.query(INSERT, [
      cause.type,
      cause.correlationId,
      traceparent ?? null,
      events.map(({ id }) => id),
      events.map(({ flowId }) => flowId ?? null),
      events.map(({ sourceId }) => sourceId),
      events.map(({ content }) => content),
      events.map(({ baseUrl }) => baseUrl ?? null),
      events.map(({ classes }) => json(classes)),
      events.map(({ collections }) => json(collections?.flowCollectedBy)),
      events.map(({ collections }) => json(collections?.sourceCollectedBy)),
      owed.map(([id]) => id),
      owed.map(([, webhookId]) => webhookId),
      Object.keys(more).length > 0 ? JSON.stringify(more) : null,
    ]);
  }
}
