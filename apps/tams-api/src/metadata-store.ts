import { join } from 'node:path';
import { type EmbeddedPostgresLog, SupervisedPostgres } from '@tams/embedded-postgres';
import type { Configuration } from '@tams/platform';

/** The PostgreSQL the server stands on: somebody else's, or a private one it started itself. */
export interface MetadataStore {
  readonly url: string;
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
  return { url: cluster.connectionUrl, stop: () => cluster.stop() };
}
