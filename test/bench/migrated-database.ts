import type { EmbeddedPostgres } from '@tams/embedded-postgres';
import { Client } from 'pg';
import { migrations } from '../../libs/migrations/src';
import { createDataSource, migrate } from '../../libs/platform/src/database/data-source';

/** Storage backend that objects are said to lie on where no server asks for it. */
export const STORAGE_ID = '11111111-1111-4111-8111-111111111111';

/** The tables of the server on a PostgreSQL, without a server that works on them. */
export async function migratedDatabase(postgres: EmbeddedPostgres, stops: (() => unknown)[]): Promise<Client> {
  const url = postgres.connectionUrl;
  const dataSource = createDataSource({ url, poolSize: 2, statementTimeoutSeconds: 60, migrations });
  await dataSource.initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  const client = new Client({ connectionString: url });
  await client.connect();
  stops.push(() => client.end());
  return client;
}
