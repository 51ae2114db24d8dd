import { Client } from 'pg';
import { UnusableDatabaseError } from '@tams/platform';
import { createTestDatabase } from '../support/test-database';
import { startTestServer } from '../support/test-server';

/** Databases that answer, and that the server cannot work with: it says what to do before it changes anything. */

let superuser: Client;
const made: string[] = [];

const as = (url: string, user: string, database?: string): string => {
  const changed = new URL(url);
  changed.username = user;
  changed.password = 'secret';
  if (database !== undefined) changed.pathname = `/${database}`;
  return changed.href;
};

beforeAll(async () => {
  superuser = new Client({ connectionString: process.env['TEST_SUPERUSER_DATABASE_URL'] });
  await superuser.connect();
});
afterAll(async () => {
  for (const statement of made.reverse()) await superuser.query(statement);
  await superuser.end();
});

async function role(name: string): Promise<string> {
  await superuser.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
  made.push(`DROP ROLE ${name}`);
  return name;
}

async function refusal(url: string): Promise<string> {
  const refused = await startTestServer({ DATABASE_URL: url }).then(
    async (tams) => {
      await tams.stop();
      return undefined;
    },
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(UnusableDatabaseError);
  return (refused as Error).message;
}

it('one that is not UTF-8', async () => {
  const name = `latin_${process.pid}`;
  await superuser.query(
    `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0 OWNER tams`,
  );
  made.push(`DROP DATABASE ${name}`);
  const url = new URL(process.env['TEST_TEMPLATE_DATABASE_URL'] ?? '');
  url.pathname = `/${name}`;
  expect(await refusal(url.href)).toContain('has the encoding LATIN1');
});

it('an empty one in which the role may create nothing', async () => {
  const name = `empty_${process.pid}`;
  await superuser.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  made.push(`DROP DATABASE ${name}`);
  const reader = await role(`stranger_${process.pid}`);
  const message = await refusal(as(process.env['TEST_TEMPLATE_DATABASE_URL'] ?? '', reader, name));
  expect(message).toContain(`GRANT CREATE ON DATABASE ${name} TO ${reader};`);
  expect(message).toContain(`GRANT CREATE ON SCHEMA public TO ${reader};`);
});

it('one whose tables belong to somebody else, until the rights it names are given', async () => {
  const databaseUrl = await createTestDatabase();
  const reader = await role(`other_${process.pid}`);
  const message = await refusal(as(databaseUrl, reader));
  const grants = message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  expect(grants).toContain(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${reader};`);
  expect(grants).toContain(`GRANT USAGE ON SCHEMA jobs TO ${reader};`);
});
