import { join } from 'node:path';

/** What all members have in common. */
export interface PatroniPlan {
  /** Every member has a directory of its name in it. */
  readonly directory: string;
  /** Where PostgreSQL's programs are. */
  readonly binDirectory: string;
  /** Addresses of etcd's members. */
  readonly etcd: readonly string[];
  /** Of the superuser, of replication and of pg_rewind. */
  readonly password: string;
}

/**
 * How the cluster behaves. The times are the shortest Patroni allows (`ttl`), so that many switches fit in a run: a primary that is lost
 * is replaced after 20 s at most. Strict: a write that no standby has is not acknowledged, whoever is lost.
 */
const CLUSTER = {
  ttl: 20,
  loop_wait: 2,
  retry_timeout: 3,
  synchronous_mode: true,
  synchronous_mode_strict: true,
  postgresql: {
    use_pg_rewind: true,
    parameters: { max_connections: 60, shared_buffers: '64MB', wal_keep_size: '512MB', hot_standby: 'on' },
  },
};

/** The configuration file of one member. */
export function patroniConfiguration(plan: PatroniPlan, name: string, address: string, directory: string): object {
  const account = (username: string) => ({ username, password: plan.password });
  return {
    scope: 'tams',
    name,
    restapi: { listen: `${address}:8008`, connect_address: `${address}:8008` },
    etcd3: { hosts: plan.etcd.map((host) => `${host}:2379`).join(',') },
    bootstrap: { dcs: CLUSTER, initdb: [{ encoding: 'UTF8' }, 'data-checksums'] },
    postgresql: {
      listen: `${address}:5432`,
      connect_address: `${address}:5432`,
      data_dir: join(directory, 'cluster'),
      bin_dir: plan.binDirectory,
      pgpass: join(directory, 'pgpass'),
      authentication: {
        superuser: account('postgres'),
        replication: account('replicator'),
        rewind: account('rewinder'),
      },
      pg_hba: ['host all all all scram-sha-256', 'host replication replicator all scram-sha-256'],
      parameters: { unix_socket_directories: '', wal_retrieve_retry_interval: '200ms' },
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
    watchdog: { mode: 'off' },
    log: { level: 'INFO' },
  };
}
