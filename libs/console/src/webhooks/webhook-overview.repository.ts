import { Injectable } from '@nestjs/common';
import { tagConditions, type Tags } from '@tams/model';
import type { EventType } from '@tams/outbox';
import { type Connection, keysetClauses, type Ordering, Parameters } from '@tams/platform';
import type { WebhookOverview, WebhookOverviewQuery } from './webhook-overview.schema';

/** One webhook and its queue. */
export interface WebhookOverviewRow {
  readonly id: string;
  readonly url: string;
  readonly events: EventType[];
  readonly status: WebhookOverview['status'];
  readonly error: Record<string, unknown> | null;
  readonly tags: Tags | null;
  readonly failures: number | null;
  readonly failing_since: string | null;
  readonly next_attempt: string | null;
  readonly owed: string;
  readonly oldest_owed: string | null;
  readonly last_attempt: NonNullable<WebhookOverview['last_attempt']> | null;
}

/** Alphabetically by URL, ties by id. */
export const webhookOverviewOrdering: Ordering<WebhookOverviewRow> = {
  name: 'url',
  keys: [
    { expression: 'w.url COLLATE "C"', type: 'text' },
    { expression: 'w.id', type: 'uuid' },
  ],
  descending: false,
  position: (webhook) => [webhook.url, webhook.id],
};

const COUNTED_EVENTS = 10_000;

/** SQL of webhooks and what they are owed. */
@Injectable()
export class WebhookOverviewRepository {
  /** The rows of one page, and one more when there is a next page. */
  list(connection: Connection, query: WebhookOverviewQuery): Promise<WebhookOverviewRow[]> {
    const parameters = new Parameters();
    const conditions = tagConditions(query.tags, 'webhook_tags', 'webhook_id', 'w.id', parameters);
    const page = keysetClauses(webhookOverviewOrdering, query, parameters);
    if (page.condition) conditions.push(page.condition);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return connection.query<WebhookOverviewRow>(
      `SELECT w.id, w.url, w.events, w.status, w.error, w.tags, q.failures, q.failing_since, q.next_attempt,
              (SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries d
                                      WHERE d.webhook_id = w.id AND d.state = 'waiting' LIMIT ${COUNTED_EVENTS}) d) AS owed,
              first.occurred AS oldest_owed, first.history -> -1 AS last_attempt
         FROM (SELECT * FROM webhooks w ${where} ORDER BY ${page.orderBy} LIMIT ${page.limit}) w
         LEFT JOIN webhook_queues q ON q.webhook_id = w.id
         LEFT JOIN LATERAL (SELECT e.occurred, d.history FROM webhook_deliveries d JOIN outbox_events e USING (sequence)
                             WHERE d.webhook_id = w.id AND d.state = 'waiting' ORDER BY d.sequence LIMIT 1) first ON true
        ORDER BY ${page.orderBy}`,
      parameters.values,
    );
  }
}
