import { createDatabaseFromTemplate } from '../../libs/embedded-postgres/src/testing/temporary-cluster';

let databases = 0;

/** Makes an empty, migrated database of its own for one test file. @returns its URL */
export function createTestDatabase(): Promise<string> {
  const template = process.env['TEST_TEMPLATE_DATABASE_URL'];
  if (!template) throw new Error('Run the tests with `npm test`: its global set-up starts PostgreSQL.');
  databases += 1;
  return createDatabaseFromTemplate({
    connectionUrl: template,
    template: new URL(template).pathname.slice(1),
    name: `test_${process.pid}_${Date.now()}_${databases}`,
  });
}
