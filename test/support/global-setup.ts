import { startTemporaryCluster } from '../../libs/embedded-postgres/src/testing/temporary-cluster';
import { migrations } from '../../libs/migrations/src';
import { installJobQueue } from '../../libs/platform/src/jobs/pg-boss-options';
import { createDataSource, migrate } from '../../libs/platform/src/database/data-source';

/**
 * Before all tests: one real PostgreSQL for the run, and in it a migrated database that each test file copies.
 */
export default async function globalSetup(): Promise<void> {
  const cluster = await startTemporaryCluster();
  const dataSource = createDataSource({
    url: cluster.connectionUrl,
    poolSize: 2,
    statementTimeoutSeconds: 60,
    migrations,
  });
  await dataSource.initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  // Also the job queue's own tables, so that each server of a test starts as quickly as the second start of a real one.
  await installJobQueue({
    databaseUrl: cluster.connectionUrl,
    poolSize: 1,
    workers: false,
    heartbeatSeconds: 10,
    stopGraceSeconds: 1,
  });
  process.env['TEST_TEMPLATE_DATABASE_URL'] = cluster.connectionUrl;
  process.env['TEST_SUPERUSER_DATABASE_URL'] = cluster.superuserUrl;
  (globalThis as { stopTestCluster?: () => Promise<void> }).stopTestCluster = () => cluster.stop();
}
