import { Injectable } from '@nestjs/common';
import { type Connection, untilDecided } from '@tams/platform';
import type { InstanceState } from '../instances/instance.repository';
import type { BackendReport } from './finding';

/** What the index says of an object on a backend. */
export interface IndexEntry {
  readonly id: string;
  readonly object_id: string;
  readonly state: InstanceState;
  readonly size_bytes: string | null;
  /** Whether its bytes must be there: it is registered, or was uploaded, for longer than the minimum age. */
  readonly expected: boolean;
}

/** Names an instance: its own identifier, and that of its object, by which instances may be spread over machines. */
export type EntryKey = Pick<IndexEntry, 'id' | 'object_id'>;

/** What the last reconciliation of a backend left. */
export interface LastFigures {
  readonly storage_id: string;
  /** Seconds since the epoch. */
  readonly finished: number;
  /** Whether the backend was not compared, or not wholly. */
  readonly incomplete: boolean;
  readonly orphans: number;
  readonly orphan_bytes: number;
  readonly dangling: number;
  readonly size_mismatches: number;
}

/** SQL of comparing the index with what backends hold. */
@Injectable()
export class ReconciliationRepository {
  /** Entries of one backend in order of the identifiers' bytes, a page at a time. */
  async *entries(
    connection: Connection,
    storageId: string,
    minimumAgeSeconds: number,
    pageSize: number,
  ): AsyncGenerator<IndexEntry> {
    for (let after = ''; ;) {
      const page = await connection.query<IndexEntry>(
        `SELECT ${entryColumns('$3')} FROM object_instances i JOIN objects o ON o.id = i.object_id
          WHERE i.storage_id = $1 AND i.object_id COLLATE "C" > $2 ORDER BY i.object_id COLLATE "C" LIMIT $4`,
        [storageId, after, minimumAgeSeconds, pageSize],
      );
      yield* page;
      const last = page.at(-1);
      if (page.length < pageSize || !last) return;
      after = last.object_id;
    }
  }

  /** Entries of these objects on one backend, as they are now. */
  async find(
    connection: Connection,
    storageId: string,
    objectIds: readonly string[],
    minimumAgeSeconds: number,
  ): Promise<Map<string, IndexEntry>> {
    const rows = await connection.query<IndexEntry>(
      `SELECT ${entryColumns('$3')} FROM object_instances i JOIN objects o ON o.id = i.object_id
        WHERE i.storage_id = $1 AND i.object_id = ANY($2::text[])`,
      [storageId, objectIds, minimumAgeSeconds],
    );
    return new Map(rows.map((row) => [row.object_id, row]));
  }

  /**
   * Takes an identifier that nobody uses, so that it cannot be allocated until the transaction ends, which must
   * {@link vacate} it; or locks the object that has it. @returns whether it was free
   */
  occupy(connection: Connection, objectId: string): Promise<boolean> {
    return untilDecided(async () => {
      const occupied = await connection.query(
        'INSERT INTO objects (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id',
        [objectId],
      );
      if (occupied.length > 0) return true;
      const locked = await connection.query('SELECT 1 FROM objects WHERE id = $1 FOR NO KEY UPDATE', [objectId]);
      // Neither free nor there: it was forgotten in between.
      return locked.length > 0 ? false : undefined;
    });
  }

  /** Gives an occupied identifier back. */
  async vacate(connection: Connection, objectId: string): Promise<void> {
    await connection.query('DELETE FROM objects WHERE id = $1', [objectId]);
  }

  /** No longer advertises an instance whose bytes are not there; what they were stays known, so that only they can come back. */
  async markMissing(connection: Connection, { object_id: objectId, id }: EntryKey): Promise<void> {
    await connection.query(
      `UPDATE object_instances SET state = 'missing', state_since = now() WHERE object_id = $1 AND id = $2`,
      [objectId, id],
    );
  }

  /** Keeps the size an instance really has; one that was missing is advertised again. */
  async markFound(connection: Connection, { object_id: objectId, id }: EntryKey, sizeBytes: number): Promise<void> {
    await connection.query(
      `UPDATE object_instances SET state = 'ready', state_since = now()
        WHERE object_id = $1 AND id = $2 AND state <> 'ready'`,
      [objectId, id],
    );
    await connection.query(
      `UPDATE object_instances SET size_bytes = $3, sha256 = CASE WHEN size_bytes = $3 THEN sha256 END
        WHERE object_id = $1 AND id = $2`,
      [objectId, id, sizeBytes],
    );
  }

  /** Whether an object is advertised anywhere but by this instance. */
  async hasOtherInstances(connection: Connection, objectId: string, instanceId: string): Promise<boolean> {
    const others = await connection.query(
      `SELECT 1 FROM object_instances WHERE object_id = $1 AND id <> $2 AND state = 'ready' LIMIT 1`,
      [objectId, instanceId],
    );
    return others.length > 0;
  }

  /** How many entries a backend has, for progress. */
  async count(connection: Connection, storageId: string): Promise<number> {
    const [row] = await connection.query<{ count: string }>(
      'SELECT count(*) FROM object_instances WHERE storage_id = $1',
      [storageId],
    );
    return Number(row?.count ?? 0);
  }

  /** Every backend that has entries; one statement, and one index probe, each. */
  async storageIds(connection: Connection): Promise<string[]> {
    const found: string[] = [];
    for (;;) {
      const last = found.slice(-1);
      const [next] = await connection.query<{ storage_id: string }>(
        `SELECT storage_id FROM object_instances WHERE storage_id ${last.length > 0 ? '> $1::uuid' : 'IS NOT NULL'}
          ORDER BY storage_id LIMIT 1`,
        last,
      );
      if (!next) return found;
      found.push(next.storage_id);
    }
  }

  /** The last figures of every backend. */
  last(connection: Connection): Promise<LastFigures[]> {
    return connection.query<LastFigures>(
      `SELECT storage_id::text AS storage_id, extract(epoch FROM finished)::float8 AS finished,
              problem IS NOT NULL AS incomplete, orphans::float8 AS orphans, orphan_bytes::float8 AS orphan_bytes,
              dangling::float8 AS dangling, size_mismatches::float8 AS size_mismatches
         FROM reconciliations`,
    );
  }

  /** Keeps the last figures of a backend (table `reconciliations`): what was found, less what was put right. */
  async save(connection: Connection, report: BackendReport, started: Date, repaired: boolean): Promise<void> {
    await connection.query(
      `INSERT INTO reconciliations AS r (storage_id, started, finished, repaired, problem, objects, bytes, orphans,
                                         orphan_bytes, dangling, size_mismatches)
       VALUES ($1, $2, clock_timestamp(), $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (storage_id) DO UPDATE
       SET started = excluded.started, finished = excluded.finished, repaired = excluded.repaired,
           problem = excluded.problem, objects = excluded.objects, bytes = excluded.bytes, orphans = excluded.orphans,
           orphan_bytes = excluded.orphan_bytes, dangling = excluded.dangling,
           size_mismatches = excluded.size_mismatches`,
      [
        report.storage_id,
        started.toISOString(),
        repaired,
        report.problem ?? null,
        report.objects,
        report.bytes,
        report.orphans,
        report.orphan_bytes,
        report.dangling,
        report.size_mismatches,
      ],
    );
  }
}

/** @param age parameter that holds the minimum age in seconds */
function entryColumns(age: string): string {
  return `i.id, i.object_id, i.state, i.size_bytes,
    (i.state IN ('ready', 'missing') AND o.collect_at IS NULL
      AND (o.role IS NOT NULL OR (i.size_bytes IS NOT NULL AND i.state = 'ready'))
      AND greatest(coalesce(o.registered, o.allocated), CASE i.state WHEN 'ready' THEN i.state_since END) <= now() - make_interval(secs => ${age})
    ) AS expected`;
}
