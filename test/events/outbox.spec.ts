import { Pool } from 'pg';
import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '../support/test-database';
import { Database } from '@tams/platform';
import type { NewEvent } from '@tams/outbox';
import { Outbox } from '@tams/outbox';
import { OutboxRepository } from '../../libs/outbox/src/outbox.repository';

let pool: Pool;
let database: Database;
let outbox: Outbox;
let webhookId: string;

beforeAll(async () => {
  pool = new Pool({ connectionString: await createTestDatabase(), max: 4 });
  database = new Database(pool);
});
afterAll(() => pool.end());
beforeEach(async () => {
  outbox = new Outbox(new OutboxRepository());
  webhookId = randomUUID();
  await database.query('DELETE FROM webhooks');
  await database.query('DELETE FROM outbox_events');
  await database.query(
    `INSERT INTO webhooks (id, url, events, presentation, status)
     VALUES ($1, 'http://x', '{sources/deleted}', '{}', 'started')`,
    [webhookId],
  );
});

const sourceId = randomUUID();
const event = (changes: Partial<NewEvent<'sources/deleted'>> = {}): NewEvent<'sources/deleted'> => ({
  type: 'sources/deleted',
  sourceId,
  content: () => ({ source_id: sourceId }),
  classes: () => [],
  collections: () => Promise.reject(new Error('not to be asked for')),
  ...changes,
});

const written = async (): Promise<string[]> =>
  (
    await database.query<{ webhook_id: string }>(
      'SELECT webhook_id FROM outbox_events JOIN webhook_deliveries USING (sequence)',
    )
  ).map((row) => row.webhook_id);

it('keeps an event with its change, and tells of it once it is committed', async () => {
  const told: (readonly string[])[] = [];
  outbox.observe((webhookIds) => told.push(webhookIds));
  await database.transaction(async (connection) => {
    await outbox.append(connection, event());
    expect(told).toEqual([]);
  });
  expect(told).toEqual([[webhookId]]);
  expect(await written()).toEqual([webhookId]);
});

it('drops an event with its change, and tells nobody', async () => {
  const told: unknown[] = [];
  outbox.observe((webhookIds) => told.push(webhookIds));
  const failing = database.transaction(async (connection) => {
    await outbox.append(connection, event());
    throw new Error('the change fails');
  });
  await expect(failing).rejects.toThrow('the change fails');
  expect([told, await written()]).toEqual([[], []]);
});

it('makes nothing when nobody listens', async () => {
  await database.query(`UPDATE webhooks SET status = 'disabled'`);
  const content = (): never => {
    throw new Error('not to be made');
  };
  await outbox.append(database, event({ content }));
  expect(await written()).toEqual([]);
});

it('goes on telling the others when one observer has left', async () => {
  const told: string[] = [];
  const leave = outbox.observe(() => told.push('first'));
  outbox.observe(() => told.push('second'));
  leave();
  await outbox.append(database, event());
  expect(told).toEqual(['second']);
});

describe('event streams', () => {
  const demand = (until: string): Promise<unknown> =>
    database.query(`UPDATE event_stream_demand SET wanted_until = clock_timestamp() + $1::interval`, [until]);
  const collected = { flowCollectedBy: [randomUUID()], sourceCollectedBy: [randomUUID()] };
  afterEach(() => demand('-1 second'));

  const events = () =>
    database.query<{ flow_collected_by: string[] | null; source_collected_by: string[] | null }>(
      'SELECT flow_collected_by, source_collected_by FROM outbox_events',
    );

  it('have events written that no webhook wants, with what collects it, and hear of them', async () => {
    await database.query('DELETE FROM webhooks');
    await demand('1 minute');
    const told: unknown[] = [];
    outbox.observe((webhookIds) => told.push(webhookIds));
    await outbox.append(database, event({ collections: () => Promise.resolve(collected) }));
    expect(await events()).toEqual([
      { flow_collected_by: collected.flowCollectedBy, source_collected_by: collected.sourceCollectedBy },
    ]);
    expect([told, await written()]).toEqual([[[]], []]);
  });

  it('have nothing written when nobody wants it any more', async () => {
    await database.query('DELETE FROM webhooks');
    await demand('-1 second');
    await outbox.append(database, event());
    expect(await events()).toEqual([]);
  });
});
