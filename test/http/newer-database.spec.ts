import { Client } from 'pg';
import { startTestServer } from '../support/test-server';
import { createTestDatabase } from '../support/test-database';

it('refuses to start on a database that a newer version has changed, unless told', async () => {
  const databaseUrl = await createTestDatabase();
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`INSERT INTO schema_migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`);
  await client.end();
  await expect(startTestServer({ DATABASE_URL: databaseUrl })).rejects.toMatchObject({
    name: 'NewerDatabaseError',
    message: expect.stringContaining('Later9999999999999') as string,
  });
  const tams = await startTestServer({ DATABASE_URL: databaseUrl, ALLOW_NEWER_DATABASE: 'true' });
  expect((await tams.client.get('/service')).status).toBe(200);
  await tams.stop();
});
