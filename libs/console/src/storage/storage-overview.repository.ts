import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';

/** What the last comparison of a backend with the index found. */
export interface ReconciliationRow {
  readonly storage_id: string;
  readonly started: string;
  readonly finished: string;
  readonly repaired: boolean;
  readonly problem: string | null;
  readonly objects: string;
  readonly bytes: string;
  readonly orphans: string;
  readonly orphan_bytes: string;
  readonly dangling: string;
  readonly size_mismatches: string;
}

/** An instance that is being copied or deleted. */
export interface MovingRow {
  readonly object_id: string;
  readonly storage_id: string;
  readonly state: 'copying' | 'deleting';
  readonly since: string;
}

/** How many objects wait for what, each counted no further than a bound. */
export interface WaitingRow {
  readonly missing: string;
  readonly unregistered: string;
  readonly unreferenced: string;
  readonly being_collected: string;
}

const COUNTED_MISSING = 1000;
const COUNTED_OBJECTS = 10_000;

/** SQL of the state of storage; every count follows an index and ends at a bound. */
@Injectable()
export class StorageOverviewRepository {
  reconciliations(connection: Connection): Promise<ReconciliationRow[]> {
    return connection.query<ReconciliationRow>(
      `SELECT storage_id, started, finished, repaired, problem, objects, bytes, orphans, orphan_bytes, dangling, size_mismatches
         FROM reconciliations`,
    );
  }

  /**
   * Instances on their way, those longest at it first.
   * @param storageIds backends that may be shown; absent for all, those that are not configured any more too
   */
  moving(connection: Connection, storageIds: readonly string[] | undefined, most: number): Promise<MovingRow[]> {
    return connection.query<MovingRow>(
      `SELECT object_id, storage_id, state, state_since AS since FROM object_instances
        WHERE state IN ('copying', 'deleting') AND ($1::uuid[] IS NULL OR storage_id = ANY($1::uuid[])) ORDER BY state_since LIMIT $2`,
      [storageIds ?? null, most],
    );
  }

  async waiting(connection: Connection, storageIds: readonly string[] | undefined): Promise<WaitingRow> {
    const count = (from: string, most: number): string =>
      `(SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ${most}) n)`;
    const [row] = await connection.query<WaitingRow>(
      `SELECT ${count(`object_instances WHERE state = 'missing' AND ($1::uuid[] IS NULL OR storage_id = ANY($1::uuid[]))`, COUNTED_MISSING)} AS missing,
              ${count('objects WHERE role IS NULL AND collect_at IS NULL', COUNTED_OBJECTS)} AS unregistered,
              ${count('objects WHERE unreferenced_since IS NOT NULL AND collect_at IS NULL', COUNTED_OBJECTS)} AS unreferenced,
              ${count('objects WHERE collect_at IS NOT NULL', COUNTED_OBJECTS)} AS being_collected`,
      [storageIds ?? null],
    );
    return row ?? { missing: '0', unregistered: '0', unreferenced: '0', being_collected: '0' };
  }
}
