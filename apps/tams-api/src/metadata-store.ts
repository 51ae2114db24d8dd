import { join } from 'node:path';
import { EmbeddedPostgres, type EmbeddedPostgresLog } from '@tams/embedded-postgres';
import type { Configuration } from '@tams/platform';

/** The PostgreSQL the server stands on: somebody else's, or a private one it started itself. */
export interface MetadataStore {
  readonly url: string;
  /** Stops a private one; leaves somebody else's alone. */
  stop(): Promise<void>;
}

/**
 * Uses `DATABASE_URL`, or starts the embedded PostgreSQL in the data directory.
 * @param onLost told when the embedded one ends although nobody stopped it
 */
export async function startMetadataStore(
  configuration: Configuration,
  log: EmbeddedPostgresLog,
  onLost: (error: Error) => void,
): Promise<MetadataStore> {
  if (configuration.databaseUrl) return { url: configuration.databaseUrl, stop: () => Promise.resolve() };
  const cluster = await EmbeddedPostgres.start({
    dataDirectory: join(configuration.dataDirectory, 'postgres'),
    log,
    onUnexpectedExit: onLost,
  });
  return { url: cluster.connectionUrl, stop: () => cluster.stop() };
}
