import { Injectable } from '@nestjs/common';
import type { EventType } from '@tams/outbox';
import { type Connection, Parameters } from '@tams/platform';
import type { AttemptEntry } from '../delivery/queue.repository';
import type { Delivery } from './delivery.schema';

/** A delivery with the event it is of. */
export interface DeliveryRow {
  readonly sequence: string;
  readonly id: string;
  readonly type: EventType;
  readonly occurred: string;
  readonly flow_id: string | null;
  readonly source_id: string;
  readonly state: Delivery['state'];
  readonly attempts: number;
  readonly delivered: string | null;
  readonly history: AttemptEntry[];
}

/** One page of a history. */
export interface DeliverySelection {
  readonly state: Delivery['state'] | undefined;
  readonly oldestFirst: boolean;
  /** `sequence` of the last delivery of the page before. */
  readonly after: string | undefined;
  readonly count: number;
  /** Classes whose events may be shown; absent for all. */
  readonly readable?: readonly string[] | undefined;
}

const SELECT = `
  SELECT d.sequence, e.id, e.type, e.occurred, e.flow_id, e.source_id, d.state, d.attempts, d.delivered, d.history
    FROM webhook_deliveries d JOIN outbox_events e ON e.sequence = d.sequence`;

/** SQL of the history of deliveries. */
@Injectable()
export class DeliveryRepository {
  list(connection: Connection, webhookId: string, selection: DeliverySelection): Promise<DeliveryRow[]> {
    const parameters = new Parameters();
    const conditions = [`d.webhook_id = ${parameters.add(webhookId, 'uuid')}`];
    if (selection.state !== undefined) conditions.push(`d.state = ${parameters.add(selection.state)}`);
    if (selection.after !== undefined) {
      const operator = selection.oldestFirst ? '>' : '<';
      conditions.push(`d.sequence ${operator} ${parameters.add(selection.after, 'int8')}`);
    }
    if (selection.readable) conditions.push(`e.classes && ${parameters.add(selection.readable)}::text[]`);
    return connection.query<DeliveryRow>(
      `${SELECT} WHERE ${conditions.join(' AND ')}
        ORDER BY d.sequence ${selection.oldestFirst ? 'ASC' : 'DESC'} LIMIT ${parameters.add(selection.count, 'int8')}`,
      parameters.values,
    );
  }

  /** @param readable classes whose events may be found; absent for all */
  async find(
    connection: Connection,
    webhookId: string,
    eventId: string,
    readable?: readonly string[],
  ): Promise<DeliveryRow | undefined> {
    const rows = await connection.query<DeliveryRow>(
      `${SELECT} WHERE e.id = $2 AND d.webhook_id = $1 AND ($3::text[] IS NULL OR e.classes && $3)`,
      [webhookId, eventId, readable ?? null],
    );
    return rows[0];
  }

  /** Makes one delivery owed again. */
  async replayOne(connection: Connection, webhookId: string, sequence: string): Promise<void> {
    await connection.query(
      `UPDATE webhook_deliveries SET state = 'waiting', delivered = NULL WHERE webhook_id = $1 AND sequence = $2`,
      [webhookId, sequence],
    );
  }

  /**
   * Makes everything since a time owed again.
   * @param readable classes whose events may be found; absent for all
   * @returns how many deliveries that were not waiting anyway
   */
  async replay(
    connection: Connection,
    webhookId: string,
    since: string,
    readable?: readonly string[],
  ): Promise<number> {
    const rows = await connection.query<{ count: string }>(
      `WITH again AS (
         UPDATE webhook_deliveries d SET state = 'waiting', delivered = NULL
           FROM outbox_events e
          WHERE d.webhook_id = $1 AND d.state <> 'waiting' AND e.sequence = d.sequence AND e.occurred >= $2::timestamptz
            AND ($3::text[] IS NULL OR e.classes && $3)
         RETURNING 1)
       SELECT count(*) AS count FROM again`,
      [webhookId, since, readable ?? null],
    );
    return Number(rows[0]?.count ?? 0);
  }
}
