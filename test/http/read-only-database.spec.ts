import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

/** What a failover leaves behind: sessions that can only read, and later a primary at the same address. */

let tams: TestServer;
let admin: Client;
const name = (): string => new URL(tams.databaseUrl).pathname.slice(1);

beforeAll(async () => {
  tams = await startTestServer();
  admin = new Client({ connectionString: tams.databaseUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await tams.stop();
});
const readiness = async (): Promise<number> => (await fetch(`${tams.url}/readyz`)).status;

it('is told by 503 and /readyz, and forgotten once there is a primary again', async () => {
  const flow = videoFlow();
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  expect(await readiness()).toBe(200);

  await admin.query(`ALTER DATABASE ${name()} SET default_transaction_read_only = on`);
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await eventually(readiness, (status) => status === 503);
  const writes = [
    () => tams.client.put(`/flows/${flow.id}/label`, 'new'),
    () => tams.client.delete(`/flows/${flow.id}`),
    () => tams.client.post(`/flows/${flow.id}/storage`, { limit: 1 }),
    () => tams.client.post('/service', { name: 'renamed' }),
    () => tams.client.post('/service/webhooks', { url: 'http://127.0.0.1:9/', events: [] }),
  ];
  for (const write of writes) {
    const answer = await write();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  }
  expect((await tams.client.get(`/flows/${flow.id}`)).status).toBe(200);
  expect((await fetch(`${tams.url}/livez`)).status).toBe(200);

  // The sessions that could only read are still there, and no request may meet one for long.
  await admin.query('SET default_transaction_read_only = off');
  await admin.query(`ALTER DATABASE ${name()} RESET default_transaction_read_only`);
  await eventually(readiness, (status) => status === 200);
  await eventually(
    async () => (await tams.client.put(`/flows/${flow.id}/label`, 'new')).status,
    (status) => status === 204,
  );
});
