/** How grave a message of the embedded PostgreSQL is. */
export type EmbeddedPostgresLogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Receives progress, warnings and PostgreSQL's own log; bounded by the caller of it, so it may write straight to a log. */
export type EmbeddedPostgresLog = (
  level: EmbeddedPostgresLogLevel,
  message: string,
  fields?: Record<string, unknown>,
) => void;

/** What {@link EmbeddedPostgres.start} needs to know. */
export interface EmbeddedPostgresOptions {
  /** Absolute directory that holds the cluster, its password, its port and the owner lock; created when absent. */
  dataDirectory: string;
  log: EmbeddedPostgresLog;
  /** Port on 127.0.0.1. Without it a free one is chosen once and reused for as long as it stays free. */
  port?: number;
  /** Aborting it while the cluster is starting stops everything begun so far; it has no effect afterwards. */
  signal?: AbortSignal;
  /** Called once when PostgreSQL ends although nobody stopped it; it is not started again by itself (SupervisedPostgres does that). */
  onUnexpectedExit?: (error: Error) => void;
  /** False gives up crash safety for speed (no fsync). Only for tests. Default true. */
  durable?: boolean;
}
