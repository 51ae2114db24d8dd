import { Injectable } from '@nestjs/common';
import { FORGOTTEN_AFTER_SECONDS, STALLED_AFTER_SECONDS } from '@tams/health';
import type { Connection } from '@tams/platform';

/** A Flow that should grow and does not. */
export interface StalledFlow {
  readonly id: string;
  readonly label: string | null;
  readonly silence: number;
}

/** A webhook whose receiver does not take events. */
export interface FailingWebhook {
  readonly id: string;
  readonly url: string;
  readonly failing_since: Date;
  readonly answer: string | null;
}

const MOST_NAMED = 3;

/** SQL of what the checks name. */
@Injectable()
export class StoreChecksRepository {
  /** Flows that the gauges and alerts count as stalled, the longest silent ones first. */
  stalledFlows(connection: Connection): Promise<StalledFlow[]> {
    return connection.query<StalledFlow>(
      `SELECT id, label, silence FROM (
         SELECT id, document ->> 'label' AS label,
                extract(epoch FROM clock_timestamp() - coalesce(segments_updated, created))::float8 AS silence
           FROM flows WHERE status = 'ingesting') f
        WHERE silence BETWEEN $1::float8 AND $2::float8 ORDER BY silence DESC LIMIT ${MOST_NAMED}`,
      [STALLED_AFTER_SECONDS, FORGOTTEN_AFTER_SECONDS],
    );
  }

  /** Webhooks that failed more than once in a row, the longest failing first. */
  failingWebhooks(connection: Connection): Promise<FailingWebhook[]> {
    return connection.query<FailingWebhook>(
      `SELECT w.id, w.url, q.failing_since,
              (SELECT d.history -> -1 ->> 'error' FROM webhook_deliveries d
                WHERE d.webhook_id = w.id AND d.state = 'waiting' ORDER BY d.sequence LIMIT 1) AS answer
         FROM webhook_queues q JOIN webhooks w ON w.id = q.webhook_id
        WHERE q.failures > 1 AND q.failing_since IS NOT NULL AND w.status IN ('created', 'started')
        ORDER BY q.failing_since LIMIT ${MOST_NAMED}`,
    );
  }
}
