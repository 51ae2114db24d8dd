import { LOOPBACK } from './free-port';

/**
 * Settings of the embedded PostgreSQL, for one small server. Given on the command line, where nothing stored in the
 * cluster (postgresql.conf, ALTER SYSTEM) can override them: it stays on loopback whatever happens inside.
 */
export function postgresArguments(options: { cluster: string; port: number; durable: boolean }): string[] {
  const safety = options.durable ? 'on' : 'off';
  const settings: Record<string, string> = {
    listen_addresses: LOOPBACK,
    port: String(options.port),
    // No Unix socket: its path would have to fit into 107 bytes, and loopback is enough.
    unix_socket_directories: '',
    cluster_name: 'tams',
    max_connections: '100',
    shared_buffers: '128MB',
    fsync: safety,
    synchronous_commit: safety,
    full_page_writes: safety,
    // Short statements all of them: compiling them costs more than it saves.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // The log goes to stderr, which this process reads (PostgresLog): severity first, no values of statements.
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
  };
  return ['-D', options.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
