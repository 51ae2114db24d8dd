import { join } from 'node:path';
import { type EmbeddedPostgresLog, type ProcessFigures, SupervisedPostgres } from '@tams/embedded-postgres';
import type { Configuration } from '@tams/platform';

/** The PostgreSQL the server stands on: somebody else's, or a private one it started itself. */
export interface MetadataStore {
  readonly url: string;
  /** What the processes of a private one take of the machine; absent for somebody else's. */
  readonly figures?: () => Promise<(ProcessFigures & { readonly pid: number }) | undefined>;
  /** Stops a private one; leaves somebody else's alone. */
  stop(): Promise<void>;
}

/**
 * Uses `DATABASE_URL`, or starts the embedded PostgreSQL in the data directory, and again whenever it ends although nobody
 * stopped it: requests are answered 503 meanwhile.
 */
export async function startMetadataStore(
  configuration: Configuration,
  log: EmbeddedPostgresLog,
): Promise<MetadataStore> {
  if (configuration.databaseUrl) return { url: configuration.databaseUrl, stop: () => Promise.resolve() };
  const cluster = await SupervisedPostgres.start({
    dataDirectory: join(configuration.dataDirectory, 'postgres'),
    log,
  });
  return { url: cluster.connectionUrl, figures: () => cluster.figures(), stop: () => cluster.stop() };
}
