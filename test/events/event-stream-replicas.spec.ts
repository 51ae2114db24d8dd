import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { ClassServer } from '../auth/support/class-world';
import { EventStreamClient } from '../support/event-stream-client';
import { videoFlow } from '../support/flow-fixtures';
import { ServerProcess } from '../support/server-process';
import { startTestServer, type TestServer } from '../support/test-server';

const labelsOf = (client: EventStreamClient): unknown[] =>
  client.events.map(({ data }) => (data['event'] as { flow: { label?: string } }).flow.label);

describe('replicas', () => {
  let tams: TestServer;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tams-streams-'));
    tams = await startTestServer({ EVENT_STREAM_LIMIT: '2', DATA_DIR: directory });
  });
  afterAll(async () => {
    await tams.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const replica = () =>
    ServerProcess.start({
      DATABASE_URL: tams.databaseUrl,
      DATA_DIR: directory,
      DATABASE_POOL_SIZE: '5',
      JOB_WORKERS: 'false',
    });

  it('tell of each other’s changes, and go on where another ended, killed or stopped', async () => {
    const flow = videoFlow();
    await tams.client.put(`/flows/${flow.id}`, flow);
    const query = { flow_ids: flow.id, events: 'flows/updated' };
    const label = (text: string) => tams.client.put(`/flows/${flow.id}/label`, text);
    let other = await replica();
    let client = await EventStreamClient.open(other.url, query);
    const told: unknown[] = [];
    const expected: string[] = [];
    for (const end of ['kill', 'stop'] as const) {
      await label(`${end}: live`);
      await client.until((one) => one.events.length === 1);
      await other[end]();
      await client.ended;
      await label(`${end}: missed`);
      told.push(...labelsOf(client));
      other = await replica();
      client = await EventStreamClient.open(other.url, query, { 'last-event-id': client.lastEventId! });
      await client.until((one) => one.events.length === 1);
      told.push(...labelsOf(client));
      const { lastEventId } = client;
      await client.close();
      await label(`${end}: elsewhere`);
      const here = await EventStreamClient.open(tams.url, query, { 'last-event-id': lastEventId! });
      await here.until((one) => one.events.length === 1);
      told.push(...labelsOf(here));
      await here.close();
      client = await EventStreamClient.open(other.url, query, { 'last-event-id': here.lastEventId! });
      expected.push(`${end}: live`, `${end}: missed`, `${end}: elsewhere`);
    }
    await client.close();
    await other.stop();
    expect(told).toEqual(expected);
  }, 240_000);

  it('have room for so many streams, and say when to come back', async () => {
    const clients = [await EventStreamClient.open(tams.url), await EventStreamClient.open(tams.url)];
    const refused = await fetch(`${tams.url}/service/events`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ type: 'urn:x-tams:problem:event-streams-full' });
    await Promise.all(clients.map((client) => client.close()));
  });

  it('tell of what is committed after later numbers, by a transaction that began after those that are over', async () => {
    const flow = videoFlow();
    const client = await EventStreamClient.open(tams.url, { flow_ids: flow.id });
    await tams.client.put(`/flows/${flow.id}`, flow);
    await client.until((one) => one.events.length > 0);
    const [older, younger] = [0, 1].map(() => new Client({ connectionString: tams.databaseUrl })) as [Client, Client];
    const copyEvent = (by: Client): Promise<unknown> =>
      by.query(
        `INSERT INTO outbox_events (id, type, occurred, flow_id, source_id, content, correlation_id)
         SELECT gen_random_uuid(), type, occurred, flow_id, source_id, content, correlation_id
           FROM outbox_events WHERE flow_id = $1 ORDER BY sequence LIMIT 1`,
        [flow.id],
      );
    for (const each of [older, younger]) {
      await each.connect();
      await each.query('BEGIN; SELECT pg_current_xact_id()');
    }
    await copyEvent(younger);
    await copyEvent(older);
    const before = client.events.length;
    await older.query('COMMIT');
    await client.until((one) => one.events.length === before + 1);
    await tams.client.put(`/flows/${flow.id}/label`, 'later');
    await client.until((one) => one.events.length === before + 2);
    await younger.query('COMMIT');
    await client.until((one) => one.events.length === before + 3);
    await Promise.all([older.end(), younger.end(), client.close()]);
  });

  it('say so and go on where the database has lost its latest changes, as a standby may that took over', async () => {
    const flow = videoFlow();
    const client = await EventStreamClient.open(tams.url, { flow_ids: flow.id });
    await tams.client.put(`/flows/${flow.id}`, flow);
    await client.until((one) => one.events.length > 0);
    const database = new Client({ connectionString: tams.databaseUrl });
    await database.connect();
    await database.query('DELETE FROM outbox_events');
    await database.query(`SELECT setval(pg_get_serial_sequence('outbox_events', 'sequence'), 1)`);
    await database.end();
    await client.until((one) => one.messages.some(({ event }) => event === 'stream/missed'));
    const before = client.events.length;
    await tams.client.put(`/flows/${flow.id}/label`, 'after the loss');
    await client.until((one) => one.events.length > before);
    await client.close();
  });
});

describe('rights', () => {
  let server: ClassServer;
  beforeAll(async () => {
    server = await ClassServer.start();
  });
  afterAll(() => server.stop());

  const open = async (caller: string, query: Readonly<Record<string, string>> = {}): Promise<EventStreamClient> =>
    EventStreamClient.open(server.auth.url, query, { authorization: `Bearer ${await server.token(caller)}` });

  it('are those of the caller: events of their classes, members they may read, collections they may know', async () => {
    const news = await server.flow(['news']);
    const collecting = await server.flow(['news'], { flow_collection: [] });
    const [reader, nobody, administrator] = await Promise.all([open('read'), open('none'), open('administrator')]);
    const sport = await server.flow(['sport'], { label: 'sport', flow_collection: [{ id: news.id }] });
    await server.make('PUT', `/flows/${collecting.id}/flow_collection`, [{ id: sport.id }]);
    // Once it was told: a stream that opens may still be told of what happened a moment before.
    await server.make('PUT', `/flows/${sport.id}/label`, 'before');
    await reader.until(({ events }) => JSON.stringify(events).includes('"label":"before"'));
    const spying = await open('read', { flow_collected_by_ids: collecting.id });
    await server.make('PUT', `/flows/${sport.id}/label`, 'last');
    await server.make('PUT', `/flows/${news.id}/label`, 'last');
    const lasts = (client: EventStreamClient): number =>
      client.events.filter(({ data }) => JSON.stringify(data).includes('"label":"last"')).length;
    await reader.until((one) => lasts(one) === 1);
    await nobody.until((one) => lasts(one) === 1);
    await administrator.until((one) => lasts(one) === 2);
    const text = (client: EventStreamClient): string => JSON.stringify(client.messages);
    expect(text(reader)).toContain(sport.id);
    expect(text(reader)).not.toContain(news.id);
    expect(text(reader)).not.toContain(collecting.id);
    expect(text(nobody)).toContain(news.id);
    expect(text(administrator)).toContain(sport.id);
    expect(spying.events).toEqual([]);
    await Promise.all([reader, nobody, administrator, spying].map((client) => client.close()));
  });
});
