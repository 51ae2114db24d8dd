import { metrics } from './metrics';

/** The figures a connection pool of `pg` shows. */
export interface PoolFigures {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Shows a pool as `tams_database_connections` and `tams_active_connections`; the pool of the server started last is the one that is shown. */
export function observePool(pool: PoolFigures): void {
  metrics.databaseConnections.onRefresh(() => {
    metrics.databaseConnections.series({ state: 'idle' }).set(pool.idleCount);
    metrics.databaseConnections.series({ state: 'busy' }).set(pool.totalCount - pool.idleCount);
    metrics.databaseConnections.series({ state: 'waiting' }).set(pool.waitingCount);
  });
  metrics.activeConnections.onRefresh(() => {
    metrics.activeConnections.series({}).set(pool.totalCount - pool.idleCount);
  });
}
