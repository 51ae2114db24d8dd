import { migrations } from '@tams/migrations';
import { Client } from 'pg';
import type { QueryRunner } from 'typeorm';
import { createDatabaseFromTemplate } from '../../libs/embedded-postgres/src/testing/temporary-cluster';
import { breakingChanges, readSchema } from './schema-changes';

/**
 * Changes that look as if they broke the version before, and do not: each says why. A second half stands here too: a release takes
 * away what the release before had stopped to use.
 */
const EXCUSED: Readonly<Record<string, readonly string[]>> = {
  // The version before names no state; the default meets both.
  ObjectInstances1763820000000: [
    "new rule: object_instances CHECK (((state = 'ready'::text) OR (storage_id IS NOT NULL)))",
    "new rule: object_instances CHECK ((state = ANY (ARRAY['ready'::text, 'copying'::text, 'deleting'::text, 'missing'::text])))",
  ],
};

let client: Client;
beforeAll(async () => {
  const template = process.env['TEST_TEMPLATE_DATABASE_URL'] ?? '';
  const url = await createDatabaseFromTemplate({
    connectionUrl: template,
    template: 'template0',
    name: `rolling_${process.pid}_${Date.now()}`,
  });
  client = new Client({ connectionString: url });
  await client.connect();
});
afterAll(() => client.end());

it('no migration takes from the version before what it relies on', async () => {
  const broken: Record<string, string[]> = {};
  for (const Migration of migrations) {
    const before = await readSchema(client);
    await apply(new Migration());
    const found = breakingChanges(before, await readSchema(client));
    const unexcused = found.filter((change) => !(EXCUSED[Migration.name] ?? []).includes(change));
    if (unexcused.length > 0) broken[Migration.name] = unexcused;
  }
  expect(broken).toEqual({});
});

it.each([
  ['ALTER TABLE flows DROP COLUMN segment_count', 'flows.segment_count is gone'],
  ['ALTER TABLE flows RENAME COLUMN segment_count TO segments', 'flows.segment_count is gone'],
  ['DROP TABLE replicas', 'replicas.id is gone'],
  ['ALTER TABLE segments ALTER COLUMN start_ns TYPE numeric', 'segments.start_ns was bigint, is numeric'],
  ['ALTER TABLE flows ADD COLUMN owner text NOT NULL', 'flows.owner is new and must be given'],
  ['ALTER TABLE replicas ALTER COLUMN stopped SET NOT NULL', 'replicas.stopped must not be null any more'],
  ['ALTER TABLE flows ALTER COLUMN segment_count DROP DEFAULT', 'flows.segment_count has no default any more'],
  ["ALTER TABLE replicas ADD CHECK (name <> '')", "new rule: replicas CHECK ((name <> ''::text))"],
  ['CREATE UNIQUE INDEX ON replicas (name)', 'new rule: replicas UNIQUE USING btree (name)'],
  ['ALTER TABLE replicas DROP CONSTRAINT replicas_pkey', 'no unique index any more: replicas UNIQUE USING btree (id)'],
])('%s would be refused', async (statement, change) => {
  const before = await readSchema(client);
  await client.query('BEGIN');
  await client.query(statement);
  const found = breakingChanges(before, await readSchema(client));
  await client.query('ROLLBACK');
  expect(found).toContain(change);
});

it.each([
  'ALTER TABLE flows ADD COLUMN owner text',
  "ALTER TABLE flows ADD COLUMN owner text NOT NULL DEFAULT ''",
  'CREATE TABLE owners (id uuid PRIMARY KEY, name text NOT NULL CHECK (length(name) > 0))',
  'CREATE INDEX ON replicas (name)',
  'DROP INDEX replicas_seen',
])('%s is accepted', async (statement) => {
  const before = await readSchema(client);
  await client.query('BEGIN');
  await client.query(statement);
  const found = breakingChanges(before, await readSchema(client));
  await client.query('ROLLBACK');
  expect(found).toEqual([]);
});

/** Applies a migration as TypeORM does, in a transaction of its own; its statements are all it asks of a query runner. */
async function apply(migration: { up(runner: QueryRunner): Promise<void> }): Promise<void> {
  const query = async (text: string, values?: unknown[]): Promise<unknown> => (await client.query(text, values)).rows;
  await client.query('BEGIN');
  await migration.up({ query } as unknown as QueryRunner);
  await client.query('COMMIT');
}
