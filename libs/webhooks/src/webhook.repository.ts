import { Injectable } from '@nestjs/common';
import { replaceTags, tagConditions, type Tags } from '@tams/model';
import type { EventType } from '@tams/outbox';
import { type Connection, keysetClauses, type Ordering, Parameters, withinPageBytes } from '@tams/platform';
import type { SegmentPresentation, WebhookError, WebhookListQuery, WebhookStatus } from './webhook.schema';

/** A row of `webhooks` without its key. */
export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly api_key_name: string | null;
  readonly events: EventType[];
  readonly flow_ids: string[] | null;
  readonly source_ids: string[] | null;
  readonly flow_collected_by_ids: string[] | null;
  readonly source_collected_by_ids: string[] | null;
  readonly presentation: SegmentPresentation;
  readonly tags: Tags | null;
  readonly status: WebhookStatus;
  readonly error: WebhookError | null;
  /** Whether its owner may read everything. */
  readonly reach_all: boolean;
  /** Classes its owner may read; null when that was not recorded. */
  readonly reach: readonly string[] | null;
}

/** The lists of ids a webhook filters by. */
export const filterKinds = ['flow_ids', 'source_ids', 'flow_collected_by_ids', 'source_collected_by_ids'] as const;

/** What is written of a webhook. `api_key_value` lies in the database as it is: the server must be able to send it. */
export interface WebhookWrite extends Omit<WebhookRow, 'error'> {
  readonly api_key_value: string | null;
}

/** Alphabetically by URL, ties by id. */
export const webhookOrdering: Ordering<WebhookRow> = {
  name: 'url',
  keys: [
    { expression: 'w.url COLLATE "C"', type: 'text' },
    { expression: 'w.id', type: 'uuid' },
  ],
  descending: false,
  position: (webhook) => [webhook.url, webhook.id],
};

const COLUMNS = `w.id, w.url, w.api_key_name, w.events, w.flow_ids, w.source_ids, w.flow_collected_by_ids,
  w.source_collected_by_ids, w.presentation, w.tags, w.status, w.error, w.reach_all, w.reach`;

/** SQL of webhooks as clients know them. */
@Injectable()
export class WebhookRepository {
  async find(connection: Connection, webhookId: string): Promise<WebhookRow | undefined> {
    const rows = await connection.query<WebhookRow>(`SELECT ${COLUMNS} FROM webhooks w WHERE w.id = $1`, [webhookId]);
    return rows[0];
  }

  /** Reads a webhook with its key, and keeps others from changing it until the transaction ends. */
  async lock(connection: Connection, webhookId: string): Promise<WebhookWrite | undefined> {
    const rows = await connection.query<WebhookWrite>(
      `SELECT ${COLUMNS}, w.api_key_value FROM webhooks w WHERE w.id = $1 FOR NO KEY UPDATE`,
      [webhookId],
    );
    return rows[0];
  }

  /** One page and one row more, in {@link webhookOrdering}. */
  list(connection: Connection, query: WebhookListQuery): Promise<WebhookRow[]> {
    const parameters = new Parameters();
    const conditions = tagConditions(query.tags, 'webhook_tags', 'webhook_id', 'w.id', parameters);
    const page = keysetClauses(webhookOrdering, query, parameters);
    if (page.condition) conditions.push(page.condition);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return connection.query<WebhookRow>(
      withinPageBytes(
        `SELECT ${COLUMNS}, w.document_bytes FROM webhooks w ${where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`,
        { alias: 'w', bytes: 'w.document_bytes', orderBy: page.orderBy },
      ),
      parameters.values,
    );
  }

  /** @param owner the principal who makes it */
  async insert(connection: Connection, webhook: WebhookWrite, owner: string | null): Promise<void> {
    await connection.query(
      `INSERT INTO webhooks (id, url, api_key_name, api_key_value, events, flow_ids, source_ids, flow_collected_by_ids,
                             source_collected_by_ids, presentation, tags, status, reach_all, reach, filters_revision, owner)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15)`,
      [...valuesOf(webhook), owner],
    );
    await this.replaceFilters(connection, webhook);
    await connection.query('INSERT INTO webhook_queues (webhook_id) VALUES ($1)', [webhook.id]);
    await replaceTags(connection, 'webhook_tags', 'webhook_id', webhook.id, webhook.tags ?? undefined);
  }

  /** Replaces a locked webhook. Its queue starts anew: the next attempt is at once, and past failures do not count. */
  async update(connection: Connection, webhook: WebhookWrite): Promise<void> {
    await connection.query(
      `UPDATE webhooks
          SET url = $2, api_key_name = $3, api_key_value = $4, events = $5, flow_ids = $6, source_ids = $7,
              flow_collected_by_ids = $8, source_collected_by_ids = $9, presentation = $10, tags = $11, status = $12,
              reach_all = $13, reach = $14,
              error = NULL, revision = revision + 1, filters_revision = revision + 1, updated = clock_timestamp()
        WHERE id = $1`,
      valuesOf(webhook),
    );
    await this.replaceFilters(connection, webhook);
    await connection.query(
      'UPDATE webhook_queues SET next_attempt = NULL, failures = 0, failing_since = NULL WHERE webhook_id = $1',
      [webhook.id],
    );
    await replaceTags(connection, 'webhook_tags', 'webhook_id', webhook.id, webhook.tags ?? undefined);
  }

  /** How many webhooks a principal has; two of their requests count one after the other. */
  async countOf(connection: Connection, owner: string): Promise<number> {
    await connection.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`webhooks of ${owner}`]);
    const [row] = await connection.query<{ count: string }>('SELECT count(*) FROM webhooks WHERE owner = $1', [owner]);
    return Number(row?.count ?? 0);
  }

  /** Keeps the lists of ids one a row, where each change looks them up (`libs/outbox`). */
  private async replaceFilters(connection: Connection, webhook: WebhookWrite): Promise<void> {
    await connection.query('DELETE FROM webhook_filters WHERE webhook_id = $1', [webhook.id]);
    for (const kind of filterKinds) {
      const ids = webhook[kind];
      if (!ids?.length) continue;
      await connection.query(
        `INSERT INTO webhook_filters (webhook_id, kind, member_id) SELECT DISTINCT $1::uuid, $2, unnest($3::uuid[])`,
        [webhook.id, kind, ids],
      );
    }
  }

  /** @returns whether it existed */
  async delete(connection: Connection, webhookId: string): Promise<boolean> {
    const rows = await connection.query('DELETE FROM webhooks WHERE id = $1 RETURNING id', [webhookId]);
    return rows.length > 0;
  }
}

function valuesOf(webhook: WebhookWrite): unknown[] {
  return [
    webhook.id,
    webhook.url,
    webhook.api_key_name,
    webhook.api_key_value,
    webhook.events,
    webhook.flow_ids,
    webhook.source_ids,
    webhook.flow_collected_by_ids,
    webhook.source_collected_by_ids,
    JSON.stringify(webhook.presentation),
    webhook.tags ? JSON.stringify(webhook.tags) : null,
    webhook.status,
    webhook.reach_all,
    webhook.reach,
  ];
}
