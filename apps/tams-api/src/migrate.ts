import 'reflect-metadata';
import { migrations } from '@tams/migrations';
import { Configuration, connect, createDataSource, JOB_SCHEMA, migrate, requireUsable } from '@tams/platform';

/**
 * Brings the database of `DATABASE_URL` to this version and ends: for deployments that do so before servers of the
 * new version start. A server does the same when it starts; several at once are fine, one migrates and the rest wait.
 */
async function main(): Promise<void> {
  const configuration = new Configuration();
  if (!configuration.databaseUrl)
    throw new Error('Set DATABASE_URL: the embedded PostgreSQL migrates with its server.');
  const dataSource = createDataSource({
    url: configuration.databaseDirectUrl ?? configuration.databaseUrl,
    poolSize: 2,
    statementTimeoutSeconds: 3600,
    migrations,
  });
  try {
    await connect(dataSource, (reason) => {
      console.log(`Waiting for PostgreSQL: ${reason}`);
    });
    await requireUsable(dataSource, { hasDirectUrl: true, jobSchema: JOB_SCHEMA });
    const applied = await migrate(dataSource, { allowNewer: configuration.allowNewerDatabase });
    console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
