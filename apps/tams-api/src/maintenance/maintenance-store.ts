import { join } from 'node:path';
import { EmbeddedPostgres, EmbeddedPostgresError } from '@tams/embedded-postgres';
import { type Configuration, connect, createDataSource, refuseNewerDatabase } from '@tams/platform';
import { migrations } from '@tams/migrations';
import type { DataSource } from 'typeorm';
import { type MetadataStore, startMetadataStore } from '../metadata-store';

/** Connections a command needs beside those of the server. */
const POOL_SIZE = 10;

/** The metadata store as a command at the terminal uses it: beside a live server, or alone. */
export interface MaintenanceStore {
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

/** Why a command that deletes by age does nothing. */
export const UNSTEADY =
  'The clocks of this machine and of PostgreSQL are more than a minute apart: nothing is deleted by age until they agree.';

/** The command cannot work on this store; the message says what to do. */
export class MaintenanceError extends Error {
  override readonly name = 'MaintenanceError';
}

/**
 * Connects to the store of the configuration. The embedded PostgreSQL is the running server's, or started for as long as
 * the command takes.
 * @throws {MaintenanceError} {@link EmbeddedPostgresError}
 */
export async function openMaintenanceStore(configuration: Configuration): Promise<MaintenanceStore> {
  const store = await storeOf(configuration);
  const dataSource = createDataSource({
    url: store.url,
    poolSize: POOL_SIZE,
    statementTimeoutSeconds: configuration.databaseStatementTimeoutSeconds,
    migrations,
  });
  const close = async (): Promise<void> => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await store.stop();
  };
  try {
    await connect(dataSource, (reason) => {
      console.error(`Waiting for PostgreSQL: ${reason}`);
    });
    if (!configuration.allowNewerDatabase) await refuseNewerDatabase(dataSource);
    if (await dataSource.showMigrations()) {
      throw new MaintenanceError(
        'The database is older than this program. Start the server once: it brings it up to date.',
      );
    }
    return { dataSource, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function storeOf(configuration: Configuration): Promise<MetadataStore> {
  try {
    return await startMetadataStore(configuration, () => undefined);
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError) || error.code !== 'owned-elsewhere') throw error;
    const url = await EmbeddedPostgres.urlOfRunning(join(configuration.dataDirectory, 'postgres'));
    if (url === undefined) throw error;
    return { url, stop: () => Promise.resolve() };
  }
}
