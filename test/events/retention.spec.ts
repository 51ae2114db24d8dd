import { Configuration, Database } from '@tams/platform';
import type { PinoLogger } from 'nestjs-pino';
import { Pool } from 'pg';
import { EventRetentionRepository } from '../../libs/webhooks/src/retention/event-retention.repository';
import { EventRetention } from '../../libs/webhooks/src/retention/event-retention.service';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { WebhookReceiver } from '../support/webhook-receiver';
import { deliveries, listen, reaching, replace } from './webhook-fixtures';

let tams: TestServer;
let pool: Pool;
let retention: EventRetention;
const warn = jest.fn();

beforeAll(async () => {
  tams = await startTestServer({
    WEBHOOK_RETRY_FIRST_MILLISECONDS: '1',
    WEBHOOK_RETRY_BUDGET_SECONDS: '1',
    WEBHOOK_RETRY_LONGEST_SECONDS: '1',
  });
  pool = new Pool({ connectionString: tams.databaseUrl, max: 2 });
  retention = new EventRetention(new Database(pool), new EventRetentionRepository(), new Configuration({}), {
    warn,
  } as unknown as PinoLogger);
});
afterAll(async () => {
  await pool.end();
  await tams.stop();
});

const count = async (table: string): Promise<number> =>
  Number((await pool.query<{ count: string }>(`SELECT count(*) AS count FROM ${table}`)).rows[0]!.count);

it('removes what is older than the retention, delivered or not, and what deleted webhooks leave behind', async () => {
  const receiver = await WebhookReceiver.start(({ path }) => ({ status: path === '/down' ? 500 : 200 }));
  const flow = videoFlow();
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  const filter = { flow_ids: [flow.id], events: ['flows/updated'] };
  const good = await listen(tams.client, `${receiver.url}/good`, filter);
  const down = await listen(tams.client, `${receiver.url}/down`, filter);
  const deleted = await listen(tams.client, `${receiver.url}/deleted`, filter);
  const change = (label: string): Promise<unknown> => tams.client.put(`/flows/${flow.id}/label`, label);
  for (const label of ['1', '2', '3']) await change(label);
  await receiver.until(() => receiver.accepted.length === 6, 'six deliveries');
  await reaching(tams.client, down.id, 'error');
  expect((await tams.client.delete(`/service/webhooks/${deleted.id}`)).status).toBe(204);
  // Two of the three events happened long ago.
  await pool.query(
    `UPDATE outbox_events SET occurred = occurred - interval '8 days'
      WHERE sequence IN (SELECT sequence FROM outbox_events ORDER BY sequence LIMIT 2)`,
  );

  const swept = await retention.run();
  expect(swept).toEqual({ deliveries: 7, undelivered: 2, events: 2 });
  expect(warn).toHaveBeenCalledWith({ undelivered: 2 }, expect.stringContaining('never took'));
  expect([await count('webhook_deliveries'), await count('outbox_events')]).toEqual([2, 1]);
  expect(await deliveries(tams.client, good.id)).toHaveLength(1);

  receiver.react = () => ({ status: 200 });
  await replace(tams.client, down);
  await receiver.until(() => receiver.accepted.length === 7, 'what is still owed');
  expect(receiver.accepted.at(-1)?.body.event['flow']).toMatchObject({ label: '3' });
  const again = await retention.run();
  expect(again).toEqual({ deliveries: 0, undelivered: 0, events: 0 });
  await receiver.stop();
});
