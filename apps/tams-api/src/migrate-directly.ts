import { migrations } from '@tams/migrations';
import { type Configuration, connect, createDataSource, migrate } from '@tams/platform';
import type { DataSource } from 'typeorm';

/**
 * Applies pending migrations past a pooler, if there is a way past it (`DATABASE_DIRECT_URL`): they take as long as they take,
 * which poolers may end.
 * @returns names of the migrations applied now
 * @throws {NewerDatabaseError} {@link DatabaseUnreachableError}
 */
export async function migrateDirectly(dataSource: DataSource, configuration: Configuration): Promise<string[]> {
  const options = { allowNewer: configuration.allowNewerDatabase };
  const url = configuration.databaseDirectUrl;
  if (url === undefined) return migrate(dataSource, options);
  const direct = createDataSource({
    url,
    poolSize: 2,
    statementTimeoutSeconds: configuration.databaseStatementTimeoutSeconds,
    migrations,
  });
  try {
    await connect(direct, () => undefined);
    return await migrate(direct, options);
  } finally {
    if (direct.isInitialized) await direct.destroy();
  }
}
