import { Pool } from 'pg';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { EventStreamClient, type StreamMessage } from '../support/event-stream-client';
import { startTestServer, type TestServer } from '../support/test-server';
import type { TamsClient } from '../contract/tams-client';

let tams: TestServer;
let database: Pool;
const open: EventStreamClient[] = [];
beforeAll(async () => {
  tams = await startTestServer();
  database = new Pool({ connectionString: tams.databaseUrl, max: 3 });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((stream) => stream.close()));
});
afterAll(async () => {
  await database.end();
  await tams.stop();
});

async function stream(
  query: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
  url = tams.url,
): Promise<EventStreamClient> {
  const client = await EventStreamClient.open(url, query, headers);
  open.push(client);
  return client;
}

async function put(flow: ReturnType<typeof videoFlow>, client: TamsClient = tams.client): Promise<string> {
  expect((await client.put(`/flows/${flow.id}`, flow)).status).toBeLessThan(300);
  return flow.id;
}

const label = (flowId: string, text: string, client: TamsClient = tams.client) =>
  client.put(`/flows/${flowId}/label`, text);

/** Labels that updates of a Flow told of, in order. */
const labels = (client: EventStreamClient): unknown[] =>
  client.events
    .filter(({ event }) => event === 'flows/updated')
    .map(({ data }) => (data['event'] as { flow: { label?: string } }).flow.label);

const sees = (client: EventStreamClient, text: string): Promise<void> =>
  client.until(() => labels(client).includes(text));

/** Allocates an object, which here needs no bytes, and registers it. */
async function register(flowId: string, timerange: string): Promise<string> {
  const { body } = await tams.client.post<{ media_objects: { object_id: string }[] }>(`/flows/${flowId}/storage`, {
    limit: 1,
  });
  const objectId = body.media_objects[0]!.object_id;
  expect((await tams.client.post(`/flows/${flowId}/segments`, { object_id: objectId, timerange })).status).toBe(201);
  return objectId;
}

const typesOf = (messages: readonly StreamMessage[]): string[] => messages.map(({ event }) => event);

it('is advertised, and says what it is', async () => {
  const { body } = await tams.client.get<{ event_stream_mechanisms: { name: string }[] }>('/service');
  expect(body.event_stream_mechanisms).toContainEqual(
    expect.objectContaining({
      name: 'server-sent-events',
      config: expect.objectContaining({ path: '/service/events' }) as unknown,
    }),
  );
  const { response, messages } = await stream();
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(messages[0]).toMatchObject({ event: 'stream/ready', data: { resumed: false } });
});

it('tells of all eight events, in order, with the bodies of webhooks', async () => {
  const client = await stream();
  const flow = videoFlow();
  await put(flow);
  await label(flow.id, 'a label');
  await tams.client.put(`/sources/${flow.source_id}/label`, 'a source');
  const objectId = await register(flow.id, '[0:0_1:0)');
  await tams.client.delete(`/flows/${flow.id}/segments`);
  await tams.client.delete(`/flows/${flow.id}`);
  await client.until(({ events }) => events.some(({ event }) => event === 'sources/deleted'));
  expect(typesOf(client.events)).toEqual([
    'sources/created',
    'flows/created',
    'flows/updated',
    'sources/updated',
    'flows/segments_added',
    'flows/segments_deleted',
    'flows/deleted',
    'sources/deleted',
  ]);
  for (const { event, data } of client.events)
    expect(data).toEqual({
      event_timestamp: expect.any(String) as unknown,
      event_type: event,
      event: expect.any(Object) as unknown,
    });
  expect(client.events[4]!.data['event']).toEqual({
    flow_id: flow.id,
    segments: [{ object_id: objectId, timerange: '[0:0_1:0)', get_urls: [] }],
  });
});

it('keeps to the filters, and shows URLs to whom asks for them', async () => {
  const [first, second] = [videoFlow(), audioFlow()];
  const multi = multiFlow([{ id: second.id }], { container: undefined });
  for (const flow of [first, second, multi]) await put(flow);
  const [ofFirst, ofCollected, ofTypes, withUrls] = await Promise.all([
    stream({ flow_ids: first.id, events: 'flows/updated,flows/segments_added' }),
    stream({ flow_collected_by_ids: multi.id, events: 'flows/updated' }),
    stream({ events: 'sources/updated' }),
    stream({ events: 'flows/segments_added', flow_ids: first.id, accept_get_urls: 'none,', presigned: 'true' }).catch(
      () =>
        stream({
          events: 'flows/segments_added',
          flow_ids: first.id,
          presigned: 'true',
          include_object_timerange: 'true',
        }),
    ),
  ]);
  const uncollected = await stream({ flow_collected_by_ids: '', events: 'flows/updated', source_ids: first.source_id });
  await label(first.id, 'first');
  await label(second.id, 'second');
  await tams.client.put(`/sources/${first.source_id}/label`, 'source');
  await register(first.id, '[0:0_1:0)');
  await ofFirst.until(({ events }) => events.length === 2);
  await ofCollected.until(({ events }) => events.length === 1);
  await ofTypes.until(({ events }) => events.length === 1);
  await withUrls.until(({ events }) => events.length === 1);
  await uncollected.until(({ events }) => events.length === 1);
  expect(labels(ofFirst)).toEqual(['first']);
  expect(labels(ofCollected)).toEqual(['second']);
  expect(typesOf(ofTypes.events)).toEqual(['sources/updated']);
  expect(labels(uncollected)).toEqual(['first']);
  const [segment] = (withUrls.events[0]!.data['event'] as { segments: Record<string, unknown>[] }).segments;
  expect(segment).toMatchObject({ object_timerange: '[0:0_1:0)' });
});

describe('a client that comes back', () => {
  it('is told once of what happened meanwhile, and goes on', async () => {
    const flowId = await put(videoFlow());
    const query = { flow_ids: flowId };
    const before = await stream(query);
    await label(flowId, 'seen');
    await sees(before, 'seen');
    await before.close();
    for (let index = 0; index < 450; index += 1) await label(flowId, `missed ${index}`);
    const after = await stream(query, { 'last-event-id': before.lastEventId! });
    await sees(after, 'missed 449');
    await label(flowId, 'live');
    await sees(after, 'live');
    expect(after.messages[0]).toMatchObject({ event: 'stream/ready', data: { resumed: true } });
    expect(labels(after)).toEqual([...Array.from({ length: 450 }, (_, index) => `missed ${index}`), 'live']);
  });

  it('misses nothing of changes that were in progress, however long they take', async () => {
    const flow = videoFlow();
    await put(flow);
    const before = await stream({ flow_ids: flow.id });
    const slow = await database.connect();
    await slow.query('BEGIN');
    await slow.query('SELECT pg_current_xact_id()');
    await slow.query(
      `INSERT INTO outbox_events (type, flow_id, source_id, content, correlation_id)
       VALUES ('flows/updated', $1, $2, '{"flow":{"label":"slow"}}', 'x')`,
      [flow.id, flow.source_id],
    );
    await label(flow.id, 'overtakes');
    await sees(before, 'overtakes');
    await before.close();
    const during = await stream({ flow_ids: flow.id, last_event_id: before.lastEventId! });
    await label(flow.id, 'goes on');
    await sees(during, 'goes on');
    await slow.query('COMMIT');
    slow.release();
    await sees(during, 'slow');
    const after = await stream({ flow_ids: flow.id, seconds: '0' }, { 'last-event-id': before.lastEventId! });
    await after.ended;
    expect(labels(after).toSorted()).toEqual(['goes on', 'slow']);
    const last = await stream({ flow_ids: flow.id, seconds: '0' }, { 'last-event-id': after.lastEventId! });
    await last.ended;
    expect(last.events).toEqual([]);
  });

  it('forgets numbers that were given and taken back', async () => {
    const flow = videoFlow();
    await put(flow);
    const client = await stream({ flow_ids: flow.id });
    const failing = await database.connect();
    await failing.query('BEGIN');
    await failing.query(
      `INSERT INTO outbox_events (type, flow_id, source_id, content, correlation_id) VALUES ('flows/updated', $1, $2, '{}', 'x')`,
      [flow.id, flow.source_id],
    );
    await label(flow.id, 'after the gap');
    await sees(client, 'after the gap');
    expect(client.lastEventId).toMatch(/^\d+\.\d+\.\d+-\d+$/);
    await failing.query('ROLLBACK');
    failing.release();
    // Every message carries what is open when it is written: the gap is gone a look or two later.
    for (let index = 0; /-/.test(client.lastEventId!); index += 1) {
      await label(flow.id, `more ${index}`);
      await sees(client, `more ${index}`);
    }
    expect(client.lastEventId).toMatch(/^\d+\.\d+$/);
  });

  it('is told when what it missed is gone', async () => {
    const flowId = await put(videoFlow());
    const before = await stream({ flow_ids: flowId });
    await label(flowId, 'seen');
    await sees(before, 'seen');
    await before.close();
    await label(flowId, 'swept');
    await label(flowId, 'kept');
    await database.query('DELETE FROM outbox_events WHERE sequence < (SELECT max(sequence) FROM outbox_events)');
    const after = await stream({ flow_ids: flowId, seconds: '0' }, { 'last-event-id': before.lastEventId! });
    await after.ended;
    expect(typesOf(after.messages)).toEqual(['stream/ready', 'stream/missed']);
    await label(flowId, 'next');
    const again = await stream({ flow_ids: flowId, seconds: '0' }, { 'last-event-id': after.lastEventId! });
    await again.ended;
    expect(labels(again)).toEqual(['next']);
  });

  it('is told when nobody wanted events for a while', async () => {
    const flowId = await put(videoFlow());
    const before = await stream({ flow_ids: flowId });
    await label(flowId, 'seen');
    await sees(before, 'seen');
    await before.close();
    await database.query(`UPDATE event_stream_demand SET wanted_until = clock_timestamp() - interval '1 second'`);
    const count = async (): Promise<unknown> => (await database.query('SELECT count(*) FROM outbox_events')).rows[0];
    const written = await count();
    await label(flowId, 'told to nobody');
    expect(await count()).toEqual(written);
    const after = await stream({ flow_ids: flowId }, { 'last-event-id': before.lastEventId! });
    expect(typesOf(after.messages)).toContain('stream/missed');
    await label(flowId, 'told');
    await sees(after, 'told');
    expect(labels(after)).toEqual(['told']);
  });

  it.each(['nonsense', '1.2.3', '1.5.9-9'])('is refused with the id %j', async (id) => {
    const answer = await tams.client.get<{ errors: unknown[] }>('/service/events', {
      headers: { 'last-event-id': id },
    });
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [{ path: 'header.Last-Event-ID', message: 'is not the id of a message of this stream' }],
    ]);
  });
});

it('refuses filters that are none', async () => {
  for (const query of [{ events: 'flows/exploded' }, { flow_ids: 'x' }, { seconds: '-1' }] as const)
    expect((await tams.client.get('/service/events', { query })).status).toBe(400);
});

it('answers HEAD at once', async () => {
  const answer = await fetch(`${tams.url}/service/events`, { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
});

it('is no slow request and no failure in the figures, however long it lasts and whoever ends it', async () => {
  const figure = async (pattern: RegExp): Promise<number> =>
    Number(pattern.exec(await (await fetch(`${tams.url}/metrics`)).text())?.[1] ?? 0);
  const open200 = /^tams_http_requests_total\{method="GET",endpoint="\/service\/events",status_code="200"\} (\d+)$/m;
  const aborted = /^tams_http_requests_total\{method="GET",endpoint="\/service\/events",status_code="499"\} (\d+)$/m;
  const streams = /^tams_event_streams (\d+)$/m;
  const before = await figure(open200);
  const client = await stream();
  expect(await figure(streams)).toBe(1);
  await client.close();
  while ((await figure(streams)) > 0) await label(await put(videoFlow()), 'time passes');
  while ((await figure(open200)) === before) await label(await put(videoFlow()), 'time passes');
  expect(await figure(aborted)).toBe(0);
});
