import { randomUUID } from 'node:crypto';
import { Outbox } from '@tams/outbox';
import { type Connection, Database } from '@tams/platform';
import { SourceEvents } from '@tams/sources';
import { Pool } from 'pg';
import { OutboxRepository } from '../../libs/outbox/src/outbox.repository';
import { SourceRepository } from '../../libs/sources/src/source.repository';
import { BATCH_BYTES, QueueRepository } from '../../libs/webhooks/src/delivery/queue.repository';
import { AuthServer } from '../auth/support/auth-server';
import { multiFlow, videoFlow } from '../support/flow-fixtures';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { WebhookReceiver } from '../support/webhook-receiver';
import { listen } from './webhook-fixtures';

/** What many webhooks with long lists, large collections and large events cost others. */

describe('a change', () => {
  let pool: Pool;
  let database: Database;
  beforeAll(async () => {
    pool = new Pool({ connectionString: await createTestDatabase(), max: 4 });
    database = new Database(pool);
  });
  afterAll(() => pool.end());

  it('reads no list of ids to learn which of many webhooks want to hear of it', async () => {
    const [flowId, sourceId] = [randomUUID(), randomUUID()];
    await database.query(
      `INSERT INTO webhooks (id, url, events, presentation, status, flow_ids, filters_revision)
       SELECT gen_random_uuid(), 'http://x', '{flows/updated}', '{}', 'started', ids, 1
         FROM generate_series(1, 40) n,
              LATERAL (SELECT array_agg(gen_random_uuid()) AS ids FROM generate_series(n, n + 4999)) l`,
    );
    await database.query(`INSERT INTO webhook_filters SELECT id, 'flow_ids', unnest(flow_ids) FROM webhooks`);
    const [wanting] = await database.query<{ id: string }>(
      `INSERT INTO webhooks (id, url, events, presentation, status) VALUES (gen_random_uuid(), 'http://x', '{flows/updated}', '{}', 'started') RETURNING id`,
    );
    await database.query('ANALYZE webhooks, webhook_filters');
    const buffers: number[] = [];
    const measured: Connection = {
      query: async <Result extends object>(text: string, values: readonly unknown[] = []): Promise<Result[]> => {
        const plan = await database.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
          values,
        );
        const { Plan: root } = plan[0]!['QUERY PLAN'][0];
        buffers.push(root['Shared Hit Blocks']! + root['Shared Read Blocks']!);
        return database.query<Result>(text, values);
      },
    };
    const listeners = await new OutboxRepository().listeners(measured, 'flows/updated', flowId, [sourceId]);
    expect(listeners.map(({ id }) => id)).toEqual([wanting!.id]);
    // The lists themselves, as an older version keeps them, are ten blocks each and more.
    await database.query('UPDATE webhooks SET filters_revision = NULL');
    await new OutboxRepository().listeners(measured, 'flows/updated', flowId, [sourceId]);
    expect(buffers[0]).toBeLessThan(200);
    expect(buffers[1]).toBeGreaterThan(400);
  });

  it('of a collection takes as many statements for many Sources as for a few', async () => {
    const sources = new SourceRepository();
    const events = new SourceEvents(new Outbox(new OutboxRepository()), sources);
    const statements = async (members: number): Promise<number> => {
      const ids = Array.from({ length: members }, () => randomUUID());
      await database.query(
        `INSERT INTO sources (id, format) SELECT id, 'urn:x-nmos:format:video' FROM unnest($1::uuid[]) AS n (id)`,
        [ids],
      );
      await database.query(
        `INSERT INTO flows (id, source_id, document, metadata_version) SELECT id, id, '{}', '1' FROM unnest($1::uuid[]) AS n (id)`,
        [ids],
      );
      let count = 0;
      await database.transaction(async (connection) => {
        const counting: Connection = {
          query: (text, values) => {
            count += 1;
            return connection.query(text, values);
          },
        };
        await events.whileCollectionsChange(counting, ids, async () => {
          await connection.query(
            `INSERT INTO flow_collection_items (collection_id, position, flow_id, item)
             SELECT $1, position, id, '{}' FROM unnest($2::uuid[]) WITH ORDINALITY AS n (id, position)`,
            [ids[0], ids.slice(1)],
          );
        });
      });
      return count;
    };
    await database.query(`UPDATE webhooks SET events = '{sources/updated}', flow_ids = NULL`);
    const [few, many] = [await statements(40), await statements(400)];
    // Eight times 50 Sources, each with who is to be told, what of, and the events themselves.
    // At first whether there is anybody; that there is is taken for granted for a while.
    expect([few, many]).toEqual([1 + 6, 3 + 8 * 3]);
    const told = await database.query<{ count: string }>('SELECT count(DISTINCT source_id) FROM outbox_events');
    expect(Number(told[0]!.count)).toBe(440);
  });

  it('that is large is not read for a webhook before there is memory for it', async () => {
    const webhookId = randomUUID();
    const large = JSON.stringify({ flow: { id: 'x', description: 'x'.repeat(3 * 1024 ** 2) } });
    await database.query(
      `WITH event AS (INSERT INTO outbox_events (type, source_id, content, correlation_id)
                      SELECT 'flows/updated', gen_random_uuid(), content, 'x' FROM unnest($1::text[]) AS n (content) RETURNING sequence)
       INSERT INTO webhook_deliveries (webhook_id, sequence) SELECT $2, sequence FROM event`,
      [['{}', large, '{}'], webhookId],
    );
    const queues = new QueueRepository();
    const owed = await queues.next(database, [webhookId]);
    expect(owed.map(({ content }) => content)).toEqual(['{}', null]);
    expect(owed[1]!.content_bytes).toBeGreaterThan(BATCH_BYTES);
    expect(await queues.content(database, owed[1]!.sequence)).toBe(large);
  });
});

describe('webhooks', () => {
  let tams: TestServer;
  let pool: Pool;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    tams = await startTestServer();
    pool = new Pool({ connectionString: tams.databaseUrl, max: 2 });
    receiver = await WebhookReceiver.start();
  });
  afterAll(async () => {
    await pool.end();
    await receiver.stop();
    await tams.stop();
  });

  it('filter alike whether their lists are in the table, or only where an older version wrote them', async () => {
    const member = videoFlow();
    const other = videoFlow();
    const collection = multiFlow([{ id: member.id, role: 'video' }]);
    for (const flow of [member, other, collection]) await tams.client.put(`/flows/${flow.id}`, flow);
    const filters = {
      named: { flow_ids: [member.id] },
      'by source': { source_ids: [other.source_id, member.source_id] },
      collected: { flow_collected_by_ids: [collection.id] },
      'source collected': { source_collected_by_ids: [collection.source_id] },
      'in no collection': { flow_collected_by_ids: [] },
      'named and in no collection': { flow_ids: [member.id, other.id], source_collected_by_ids: [] },
    };
    const names = new Map<string, string>();
    for (const age of ['new', 'old'])
      for (const [name, filter] of Object.entries(filters)) {
        const url = `${receiver.url}/${names.size}`;
        const { id } = await listen(tams.client, url, { events: ['flows/updated'], ...filter });
        names.set(`/${names.size}`, `${age} ${name}`);
        if (age === 'new') continue;
        await pool.query('DELETE FROM webhook_filters WHERE webhook_id = $1', [id]);
        await pool.query('UPDATE webhooks SET filters_revision = NULL WHERE id = $1', [id]);
      }
    await tams.client.put(`/flows/${member.id}/label`, 'x');
    await tams.client.put(`/flows/${other.id}/label`, 'x');
    const expected = ['named', 'by source', 'collected', 'source collected'].map((name) => [name, member.id]);
    expected.push(...['by source', 'in no collection', 'named and in no collection'].map((name) => [name, other.id]));
    await receiver.until(() => receiver.accepted.length >= 2 * expected.length, 'every message');
    const told = receiver.accepted.map(({ path, body }) => {
      return `${names.get(path)!} ${(body.event['flow'] as { id: string }).id}`;
    });
    const both = ['new', 'old'].flatMap((age) => expected.map(([name, id]) => `${age} ${name} ${id}`));
    expect(told.toSorted()).toEqual(both.toSorted());
  });
});

it('nobody may have more webhooks than WEBHOOKS_PER_PRINCIPAL', async () => {
  const auth = await AuthServer.start({ WEBHOOKS_PER_PRINCIPAL: '2' });
  try {
    const create = (caller: 'write' | 'admin') =>
      auth.as(caller, 'POST', '/service/webhooks', { url: 'http://127.0.0.1:9/', events: [], status: 'disabled' });
    const made = await Promise.all(['a', 'b', 'c', 'd'].map(() => create('admin')));
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 201, 403, 403]);
    expect(made.find(({ status }) => status === 403)?.body['type']).toBe('urn:x-tams:problem:too-many-webhooks');
    expect((await create('write')).status).toBe(201);
    const first = made.find(({ status }) => status === 201)!.body['id'] as string;
    expect((await auth.as('admin', 'DELETE', `/service/webhooks/${first}`)).status).toBe(204);
    expect((await create('admin')).status).toBe(201);
  } finally {
    await auth.stop();
  }
});
