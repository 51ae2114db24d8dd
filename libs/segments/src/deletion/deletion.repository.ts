import { Injectable } from '@nestjs/common';
import { Configuration, type Connection, keysetClauses, newestFirst, type Ordering, Parameters } from '@tams/platform';
import type { DeletionError, DeletionListQuery, deletionSortKeys } from './deletion.schema';

/** A row of `flow_delete_requests`; times on the media timeline are int8 in text. */
export interface DeletionRow {
  readonly id: string;
  readonly flow_id: string;
  readonly delete_flow: boolean;
  readonly timerange: string;
  readonly start_ns: string;
  readonly end_ns: string;
  readonly object_id: string | null;
  readonly position_ns: string;
  readonly remaining: string;
  readonly status: 'created' | 'started' | 'done' | 'error';
  readonly error: DeletionError | null;
  readonly created_by: string | null;
  readonly created: string;
  readonly updated: string;
  readonly expiry: string;
  /** `auth_classes` of the Flow when its deletion was asked for. */
  readonly classes: string[];
}

/** What a new request says. */
export type NewDeletion = Pick<
  DeletionRow,
  | 'id'
  | 'flow_id'
  | 'delete_flow'
  | 'timerange'
  | 'start_ns'
  | 'end_ns'
  | 'object_id'
  | 'position_ns'
  | 'remaining'
  | 'created_by'
  | 'classes'
>;

const orderings: Record<(typeof deletionSortKeys)[number], Ordering<DeletionRow>> = {
  created: newestFirst('created', 'r'),
  expiry: newestFirst('expiry', 'r'),
};

/** Type of the error of a request that a person stopped. */
const STOPPED = 'deletion-stopped';

/** Whether a request has still something to do; one that was stopped has not, whatever it left. */
const UNFINISHED = `(status <> 'done' AND coalesce(error ->> 'type', '') <> '${STOPPED}')`;

/** What clients still see: a request that is over disappears at its expiry, whenever it is purged. */
const CURRENT = `(${UNFINISHED} OR expiry > now())`;

/** Whether a request has nothing to do any more. */
export function isOver({ status, error }: Pick<DeletionRow, 'status' | 'error'>): boolean {
  return status === 'done' || error?.type === STOPPED;
}

/** SQL of deletion requests. A request expires so many seconds after its last change. */
@Injectable()
export class DeletionRepository {
  private readonly lifetimeSeconds: number;

  constructor(configuration: Configuration) {
    this.lifetimeSeconds = configuration.deleteRequestLifetimeSeconds;
  }

  async insert(connection: Connection, deletion: NewDeletion): Promise<DeletionRow> {
    const [row] = await connection.query<DeletionRow>(
      `INSERT INTO flow_delete_requests (id, flow_id, delete_flow, timerange, start_ns, end_ns, object_id, position_ns,
                                         remaining, created_by, expiry, classes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp() + make_interval(secs => $11), $12) RETURNING *`,
      [
        deletion.id,
        deletion.flow_id,
        deletion.delete_flow,
        deletion.timerange,
        deletion.start_ns,
        deletion.end_ns,
        deletion.object_id,
        deletion.position_ns,
        deletion.remaining,
        deletion.created_by,
        this.lifetimeSeconds,
        deletion.classes,
      ],
    );
    if (!row) throw new Error('The new deletion request was not returned.');
    return row;
  }

  async find(connection: Connection, id: string): Promise<DeletionRow | undefined> {
    const rows = await connection.query<DeletionRow>(
      `SELECT * FROM flow_delete_requests r WHERE id = $1 AND ${CURRENT}`,
      [id],
    );
    return rows[0];
  }

  /** Reads a request and keeps others from working on it until the transaction ends; the Flow's lock comes first. */
  async lock(connection: Connection, id: string): Promise<DeletionRow | undefined> {
    const rows = await connection.query<DeletionRow>('SELECT * FROM flow_delete_requests WHERE id = $1 FOR UPDATE', [
      id,
    ]);
    return rows[0];
  }

  /** Requests that still delete segments of a Flow. */
  unfinished(connection: Connection, flowId: string): Promise<DeletionRow[]> {
    return connection.query<DeletionRow>(
      `SELECT * FROM flow_delete_requests WHERE flow_id = $1 AND ${UNFINISHED} ORDER BY created, id`,
      [flowId],
    );
  }

  /** Notes how far a request has come; being done is the end of it. */
  async progress(
    connection: Connection,
    id: string,
    change: Pick<DeletionRow, 'position_ns' | 'remaining'> & { readonly status: 'started' | 'done' },
  ): Promise<void> {
    await connection.query(
      `UPDATE flow_delete_requests
          SET position_ns = $2, remaining = $3, status = $4, error = NULL, updated = clock_timestamp(),
              expiry = clock_timestamp() + make_interval(secs => $5)
        WHERE id = $1`,
      [id, change.position_ns, change.remaining, change.status, this.lifetimeSeconds],
    );
  }

  /** Ends every request on a Flow that is gone: a later Flow of the same id has nothing to do with them. */
  async finishAll(connection: Connection, flowId: string): Promise<void> {
    await connection.query(
      `UPDATE flow_delete_requests
          SET remaining = '()', status = 'done', error = NULL, updated = clock_timestamp(),
              expiry = clock_timestamp() + make_interval(secs => $2)
        WHERE flow_id = $1 AND ${UNFINISHED}`,
      [flowId, this.lifetimeSeconds],
    );
  }

  /** Ends an unfinished request before it is done. @param by who stopped it */
  async end(connection: Connection, id: string, by: string): Promise<void> {
    await this.fail(connection, id, {
      type: STOPPED,
      summary: `Stopped by ${by}. What is left stays until it is deleted again.`,
      time: new Date().toISOString(),
    });
  }

  /** Notes why an unfinished request does not go on just now. */
  async fail(connection: Connection, id: string, error: DeletionError): Promise<void> {
    await connection.query(
      `UPDATE flow_delete_requests
          SET status = 'error', error = $2, updated = clock_timestamp(),
              expiry = clock_timestamp() + make_interval(secs => $3)
        WHERE id = $1 AND ${UNFINISHED}`,
      [id, JSON.stringify(error), this.lifetimeSeconds],
    );
  }

  /** Forgets requests that are over, once their time is. */
  async purge(connection: Connection): Promise<void> {
    await connection.query(`DELETE FROM flow_delete_requests WHERE expiry < now() AND NOT ${UNFINISHED}`);
  }

  /** The rows of one page, and one more when there is a next page. */
  list(connection: Connection, query: DeletionListQuery): Promise<DeletionRow[]> {
    const parameters = new Parameters();
    const page = keysetClauses(orderings[query.sort_by], query, parameters);
    return connection.query<DeletionRow>(
      `SELECT * FROM flow_delete_requests r WHERE ${[CURRENT, ...(page.condition ? [page.condition] : [])].join(' AND ')}
        ORDER BY ${page.orderBy} LIMIT ${page.limit}`,
      parameters.values,
    );
  }

  /** The order a listing was asked for. */
  ordering(query: DeletionListQuery): Ordering<DeletionRow> {
    return orderings[query.sort_by];
  }
}
