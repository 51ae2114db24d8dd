import { createHmac, randomUUID } from 'node:crypto';
import { startTracing, type Tracing } from '@tams/telemetry';
import { Client } from 'pg';
import { describeWithSpecification } from '../contract/specification-suite';
import { audioFlow, multiFlow, videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';
import { idOf, type ReceivedMessage, WebhookReceiver } from '../support/webhook-receiver';
import { listen } from './webhook-fixtures';

type Json = Record<string, unknown>;

let tracing: Tracing;
let tams: TestServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  tracing = startTracing({}, { name: 'tams-test', version: '1' });
  tams = await startTestServer();
});
afterAll(async () => {
  await tams.stop();
  await tracing.stop();
});
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.stop());

const create = async (flow: { id: string } & Json): Promise<void> => {
  expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
};

/** Types and subjects of messages. */
const summary = (messages: readonly ReceivedMessage[]): string[] =>
  messages.map(({ body: { event_type: type, event } }) => {
    const subject = (event['flow'] ?? event['source']) as { id: string } | undefined;
    return `${type} ${subject?.id ?? String(event['flow_id'] ?? event['source_id'])}`;
  });

/** Allocates objects and registers a second of media for each. */
async function addSegments(flowId: string, count: number, first = 0): Promise<string[]> {
  const storage = await tams.client.post<{ media_objects: { object_id: string }[] }>(`/flows/${flowId}/storage`, {
    limit: count,
  });
  const ids = storage.body.media_objects.map((object) => object.object_id);
  const segments = ids.map((object_id, index) => ({
    object_id,
    timerange: `[${first + index}:0_${first + index + 1}:0)`,
    key_frame_count: 1,
  }));
  expect((await tams.client.post(`/flows/${flowId}/segments`, segments)).status).toBe(201);
  return ids;
}

describe('events of Flows and Sources', () => {
  it('tell of each change once, in order, with what clients would read at that time', async () => {
    const flow = videoFlow({ label: 'one', tags: { a: 'b' } });
    await listen(tams.client, receiver.url, { source_ids: [flow.source_id] });
    await create(flow);
    const afterCreation = (await tams.client.get<Json>(`/flows/${flow.id}`)).body;
    await tams.client.put(`/flows/${flow.id}/label`, 'two');
    await tams.client.put(`/flows/${flow.id}/tags/x`, 'y');
    await tams.client.delete(`/flows/${flow.id}/tags/x`);
    await tams.client.put(`/flows/${flow.id}/read_only`, true);
    await tams.client.put(`/flows/${flow.id}/read_only`, false);
    await tams.client.put(`/flows/${flow.id}`, { ...flow, label: 'three' });
    await tams.client.put(`/sources/${flow.source_id}/label`, 'Source');
    await tams.client.put(`/sources/${flow.source_id}/tags/x`, 'y');
    await tams.client.put(`/sources/${flow.source_id}/description`, 'words');
    const messages = await receiver.accepts(11);
    expect(summary(messages)).toEqual([
      `sources/created ${flow.source_id}`,
      `flows/created ${flow.id}`,
      ...Array.from({ length: 6 }, () => `flows/updated ${flow.id}`),
      ...Array.from({ length: 3 }, () => `sources/updated ${flow.source_id}`),
    ]);
    expect(messages[1]!.body.event['flow']).toEqual(afterCreation);
    const labels = messages.slice(2, 8).map((message) => (message.body.event['flow'] as Json)['label']);
    expect(labels).toEqual(['two', 'two', 'two', 'two', 'two', 'three']);
    expect(messages[9]!.body.event['source']).toMatchObject({ label: 'Source', tags: { a: 'b', x: 'y' } });
  });

  it('are not sent for what was refused', async () => {
    const flow = videoFlow();
    await listen(tams.client, receiver.url, { source_ids: [flow.source_id] });
    await create(flow);
    expect((await tams.client.put(`/flows/${flow.id}`, { ...flow, codec: 5 })).status).toBe(400);
    const missing = { ...flow, flow_collection: [{ id: randomUUID() }] };
    expect((await tams.client.put(`/flows/${flow.id}`, missing)).status).toBe(400);
    expect((await tams.client.delete(`/flows/${flow.id}/tags/none`)).status).toBe(404);
    await tams.client.put(`/flows/${flow.id}/label`, 'last');
    await receiver.until(() => summary(receiver.accepted).includes(`flows/updated ${flow.id}`), 'the last event');
    expect(summary(receiver.accepted).map((line) => line.split(' ')[0])).toEqual([
      'sources/created',
      'flows/created',
      'flows/updated',
    ]);
  });

  it('tell of Sources whose collections follow from a changed Flow Collection', async () => {
    const [video, audio] = [videoFlow(), audioFlow()];
    await create(video);
    await create(audio);
    const multi = multiFlow([{ id: video.id, role: 'video' }]);
    const sources = [video, audio, multi].map((flow) => flow.source_id);
    await listen(tams.client, receiver.url, { events: ['sources/updated'], source_ids: sources });
    await create(multi);
    await tams.client.put(`/flows/${multi.id}/flow_collection`, [{ id: video.id, role: 'video' }, { id: audio.id }]);
    await tams.client.put(`/flows/${multi.id}`, { ...multi, flow_collection: [{ id: audio.id }], label: 'x' });
    await tams.client.put(`/flows/${multi.id}/label`, 'no change of collections');
    await tams.client.delete(`/flows/${multi.id}/flow_collection`);
    await tams.client.put(`/sources/${video.source_id}/label`, 'end');
    await receiver.accepts(9);
    const told = receiver.accepted.map(({ body }) => body.event['source'] as Json);
    const of = (source: string): unknown[] =>
      told.filter((one) => one['id'] === source).map((one) => one['source_collection'] ?? one['collected_by'] ?? null);
    expect(of(video.source_id)).toEqual([[multi.source_id], null, null]);
    expect(of(audio.source_id)).toEqual([[multi.source_id], null]);
    expect(of(multi.source_id)).toEqual([
      [{ id: video.source_id, role: 'video' }],
      [{ id: video.source_id, role: 'video' }, { id: audio.source_id }],
      [{ id: audio.source_id }],
      null,
    ]);
  });
});

describe('events of deletion', () => {
  it('tell of segments, of the Flow, of its Source, and of the collections that lose it', async () => {
    const flow = videoFlow();
    await create(flow);
    const multi = multiFlow([{ id: flow.id }]);
    await create(multi);
    await addSegments(flow.id, 4);
    const about = { source_ids: [flow.source_id, multi.source_id] };
    await listen(tams.client, receiver.url, about);
    const collected = await WebhookReceiver.start();
    await listen(tams.client, collected.url, { ...about, source_collected_by_ids: [multi.source_id] });
    const partly = await tams.client.delete(`/flows/${flow.id}/segments`, { query: { timerange: '[0:0_2:0)' } });
    expect(partly.status).toBe(204);
    expect((await tams.client.delete(`/flows/${flow.id}`)).status).toBe(204);
    const messages = await receiver.accepts(6);
    expect(summary(messages)).toEqual([
      `flows/segments_deleted ${flow.id}`,
      `flows/segments_deleted ${flow.id}`,
      `flows/deleted ${flow.id}`,
      `sources/deleted ${flow.source_id}`,
      `sources/updated ${multi.source_id}`,
      `flows/updated ${multi.id}`,
    ]);
    expect(messages.slice(0, 2).map(({ body }) => body.event['timerange'])).toEqual(['[0:0_2:0)', '[2:0_4:0)']);
    expect(messages[5]!.body.event['flow']).not.toHaveProperty('flow_collection');
    expect(summary(await collected.accepts(4))).toEqual(summary(messages).slice(0, 4));
    await collected.stop();
  });

  it('tell of a Source that stays, and is not collected any more', async () => {
    const flow = videoFlow();
    await create(flow);
    await create(videoFlow({ source_id: flow.source_id }));
    await create(multiFlow([{ id: flow.id }]));
    await listen(tams.client, receiver.url, { source_ids: [flow.source_id] });
    expect((await tams.client.delete(`/flows/${flow.id}`)).status).toBe(204);
    const messages = await receiver.accepts(2);
    expect(summary(messages)).toEqual([`flows/deleted ${flow.id}`, `sources/updated ${flow.source_id}`]);
    expect(messages[1]!.body.event['source']).not.toHaveProperty('collected_by');
  });

  it('tell of a long deletion batch by batch', async () => {
    const flow = videoFlow();
    await create(flow);
    const segments = Array.from({ length: 4500 }, (_, index) => ({
      object_id: `${flow.id}/${index}`,
      timerange: `[${index}:0_${index + 1}:0)`,
      get_urls: [{ label: 'cdn', url: `https://cdn.example.com/${index}.ts` }],
    }));
    expect((await tams.client.post(`/flows/${flow.id}/segments`, segments, { check: false })).status).toBe(201);
    const about = { flow_ids: [flow.id], events: ['flows/segments_deleted', 'flows/deleted'] };
    await listen(tams.client, receiver.url, about);
    expect((await tams.client.delete(`/flows/${flow.id}`)).status).toBe(202);
    const messages = await receiver.accepts(4, 60_000);
    expect(messages.map(({ body }) => body.event['timerange'] ?? body.event_type)).toEqual([
      '[0:0_2000:0)',
      '[2000:0_4000:0)',
      '[4000:0_4500:0)',
      'flows/deleted',
    ]);
  }, 90_000);
});

describe('flows/segments_added', () => {
  it('is one event a request, with URLs that work when it arrives', async () => {
    const flow = videoFlow();
    await create(flow);
    await listen(tams.client, receiver.url, { events: ['flows/segments_added'], flow_ids: [flow.id] });
    const ids = await addSegments(flow.id, 3);
    await addSegments(flow.id, 1, 10);
    const [message] = await receiver.accepts(2);
    expect(message!.body.event['flow_id']).toBe(flow.id);
    const segments = message!.body.event['segments'] as Json[];
    expect(segments.map((segment) => segment['object_id']).sort()).toEqual([...ids].sort());
    const listed = (await tams.client.get<Json[]>(`/flows/${flow.id}/segments?timerange=[0:0_3:0)`)).body;
    const withoutSignature = (one: Json): Json => ({
      ...one,
      get_urls: (one['get_urls'] as { url: string }[]).map((each) => ({ ...each, url: each.url.split('?')[0] })),
    });
    expect(segments.map(withoutSignature)).toEqual(listed.map(withoutSignature));
    // What is presigned now answers "not uploaded" rather than "not allowed".
    const [url] = segments[0]!['get_urls'] as { url: string; presigned: boolean }[];
    expect(url!.presigned).toBe(true);
    expect((await fetch(url!.url)).status).toBe(404);
  });

  it('never says what the one client called the server', async () => {
    const flow = videoFlow();
    await create(flow);
    await listen(tams.client, receiver.url, { events: ['flows/segments_added'], flow_ids: [flow.id] });
    const storage = await tams.client.post<{ media_objects: { object_id: string }[] }>(`/flows/${flow.id}/storage`, {
      limit: 1,
    });
    const [object] = storage.body.media_objects;
    const registered = await tams.client.raw({
      method: 'POST',
      path: `/flows/${flow.id}/segments`,
      headers: { host: 'evil:1', 'content-type': 'application/json' },
      body: JSON.stringify({ object_id: object!.object_id, timerange: '[0:0_1:0)' }),
    });
    expect(registered.status).toBe(201);
    const [message] = await receiver.accepts(1);
    expect(JSON.stringify(message!.body)).not.toContain('evil');
    expect(JSON.stringify(message!.body)).toContain(tams.url);
  });

  it.each(['copying', 'deleting', 'missing'])(
    'leads to no instance that is %s, as reading the segments does',
    async (state) => {
      const flow = videoFlow();
      await create(flow);
      await listen(tams.client, receiver.url, { events: ['flows/segments_added'], flow_ids: [flow.id] });
      const { body } = await tams.client.post<{ media_objects: { object_id: string }[] }>(`/flows/${flow.id}/storage`, {
        limit: 1,
      });
      const [{ object_id } = { object_id: '' }] = body.media_objects;
      const database = new Client({ connectionString: tams.databaseUrl });
      await database.connect();
      await database.query('UPDATE object_instances SET state = $2 WHERE object_id = $1', [object_id, state]);
      await database.end();
      await tams.client.post(`/flows/${flow.id}/segments`, { object_id, timerange: '[0:0_1:0)' });
      const [message] = await receiver.accepts(1);
      const listed = await tams.client.get<Json[]>(`/flows/${flow.id}/segments`);
      const told = message!.body.event['segments'] as Json[];
      expect([told[0]!['get_urls'], listed.body[0]!['get_urls']]).toEqual([[], []]);
    },
  );

  it('shows each webhook the URLs it asks for', async () => {
    const flow = videoFlow();
    await create(flow);
    const backends = (await tams.client.get<{ id: string; label?: string }[]>('/service/storage-backends')).body;
    const wishes: Json[] = [
      { accept_get_urls: [] },
      { accept_get_urls: ['cdn'], include_object_timerange: true },
      { accept_storage_ids: [backends[0]!.id], verbose_storage: true },
      { presigned: true },
      { presigned: false },
    ];
    const receivers = await Promise.all(wishes.map(() => WebhookReceiver.start()));
    for (const [index, wish] of wishes.entries()) {
      await listen(tams.client, receivers[index]!.url, {
        ...wish,
        flow_ids: [flow.id],
        events: ['flows/segments_added'],
      });
    }
    const { body } = await tams.client.post<{ media_objects: { object_id: string }[] }>(
      `/flows/${flow.id}/storage`,
      {},
    );
    const segment = {
      object_id: body.media_objects[0]!.object_id,
      timerange: '[0:0_1:0)',
      object_timerange: '[0:0_2:0)',
      get_urls: [{ label: 'cdn', url: 'https://cdn.example.com/x.ts' }],
    };
    expect((await tams.client.post(`/flows/${flow.id}/segments`, segment)).status).toBe(201);
    const shown: Json[] = [];
    for (const one of receivers) {
      const [message] = await one.accepts(1);
      shown.push((message!.body.event['segments'] as Json[])[0]!);
      await one.stop();
    }
    const urls = shown.map((one) => one['get_urls'] as Json[]);
    expect(urls[0]).toEqual([]);
    expect(urls[1]).toEqual([{ label: 'cdn', url: 'https://cdn.example.com/x.ts', presigned: false }]);
    expect(urls[2]!.length).toBeGreaterThan(0);
    expect(urls[2]!.every((url) => url['storage_id'] === backends[0]!.id && url['controlled'] === true)).toBe(true);
    expect(urls[3]!.map((url) => url['presigned'])).toEqual([true]);
    expect(urls[4]!.every((url) => url['presigned'] === false)).toBe(true);
    expect(shown.map((one) => one['object_timerange'])).toEqual([
      undefined,
      '[0:0_2:0)',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('says what the object holds, whichever request described it, and in time order', async () => {
    const [first, second] = [videoFlow(), videoFlow()];
    await create(first);
    await create(second);
    await listen(tams.client, receiver.url, {
      events: ['flows/segments_added'],
      flow_ids: [second.id],
      include_object_timerange: true,
    });
    const [described, bare] = [`${first.id}/described`, `${first.id}/bare`];
    const get_urls = [{ label: 'cdn', url: 'https://cdn.example.com/a.ts' }];
    const whole = { object_id: described, timerange: '[0:0_4:0)', object_timerange: '[0:0_4:0)', key_frame_count: 2 };
    expect((await tams.client.post(`/flows/${first.id}/segments`, { ...whole, get_urls })).status).toBe(201);
    const timing = { last_duration: '0:40000000', sample_offset: 25, sample_count: 50 };
    const batch = [
      { object_id: bare, timerange: '[7:0_9:0)', ts_offset: '7:0', get_urls },
      { object_id: described, timerange: '[5:0_7:0)', ts_offset: '4:0', ...timing },
      // Would overlap what precedes it, so that it is refused and not told of.
      { object_id: described, timerange: '[6:0_7:0)', ts_offset: '6:0' },
      { object_id: bare, timerange: '[0:0_1:0)' },
    ];
    const { status } = await tams.client.post(`/flows/${second.id}/segments`, batch);
    expect(status).toBe(200);
    const [message] = await receiver.accepts(1);
    const listed = await tams.client.get<Json[]>(`/flows/${second.id}/segments?include_object_timerange=true`);
    expect(listed.body).toHaveLength(3);
    expect(listed.body[1]).toMatchObject({ object_id: described, key_frame_count: 2, sample_offset: 25 });
    expect(message!.body.event['segments']).toEqual(listed.body);
  });

  it('carries the segments of a large request', async () => {
    const flow = videoFlow();
    await create(flow);
    await listen(tams.client, receiver.url, { events: ['flows/segments_added'], flow_ids: [flow.id] });
    const segments = Array.from({ length: 5000 }, (_, index) => ({
      object_id: `${flow.id}/${index}`,
      timerange: `[${index}:0_${index + 1}:0)`,
      get_urls: [{ label: 'cdn', url: `https://cdn.example.com/${index}.ts` }],
    }));
    expect((await tams.client.post(`/flows/${flow.id}/segments`, segments, { check: false })).status).toBe(201);
    const [message] = await receiver.accepts(1);
    expect(message!.body.event['segments']).toHaveLength(5000);
  });
});

describe('filters', () => {
  it('are judged by what is so at the time of the event', async () => {
    const [video, audio] = [videoFlow(), audioFlow()];
    await create(video);
    await create(audio);
    const multi = multiFlow([{ id: video.id }]);
    await create(multi);
    const mine = { source_ids: [video.source_id, audio.source_id, multi.source_id] };
    const filters: Json[] = [
      { flow_ids: [audio.id] },
      { source_ids: [video.source_id] },
      { ...mine, flow_collected_by_ids: [multi.id] },
      { ...mine, flow_collected_by_ids: [] },
      { ...mine, source_collected_by_ids: [multi.source_id] },
      { ...mine, source_collected_by_ids: [] },
      { ...mine, flow_ids: [video.id], flow_collected_by_ids: [randomUUID()] },
    ];
    const receivers = await Promise.all(filters.map(() => WebhookReceiver.start()));
    for (const [index, filter] of filters.entries()) {
      await listen(tams.client, receivers[index]!.url, {
        events: ['flows/updated', 'sources/updated'],
        ...filter,
        // The one without `source_ids` would hear of the Sources of other tests.
        ...(index === 0 && { events: ['flows/updated'] }),
      });
    }
    await tams.client.put(`/flows/${video.id}/label`, 'v');
    await tams.client.put(`/flows/${audio.id}/label`, 'a');
    await tams.client.put(`/sources/${audio.source_id}/label`, 'sa');
    await tams.client.put(`/sources/${video.source_id}/label`, 'sv');
    // From now on the audio is collected and the video is not.
    await tams.client.put(`/flows/${multi.id}/flow_collection`, [{ id: audio.id }]);
    await tams.client.put(`/flows/${video.id}/label`, 'V');
    await tams.client.put(`/flows/${audio.id}/label`, 'A');
    const names = new Map(
      Object.entries({ video, audio, multi }).flatMap(([name, flow]) => [
        [flow.id, name],
        [flow.source_id, `${name} source`],
      ]),
    );
    const heard = async (index: number, count: number): Promise<string[]> => {
      const one = receivers[index]!;
      await one.accepts(count);
      return summary(one.accepted).map((line) => names.get(line.split(' ')[1]!) ?? line);
    };
    expect(await heard(0, 2)).toEqual(['audio', 'audio']);
    expect(await heard(1, 4)).toEqual(['video', 'video source', 'video source', 'video']);
    expect((await heard(2, 7)).filter((name) => !name.endsWith('source'))).toEqual(['video', 'audio']);
    expect((await heard(3, 8)).filter((name) => !name.endsWith('source'))).toEqual(['audio', 'multi', 'video']);
    expect(await heard(4, 4)).toEqual(['video', 'video source', 'audio source', 'audio']);
    expect((await heard(5, 6)).filter((name) => !name.endsWith('source'))).toEqual(['audio', 'multi', 'video']);
    expect((await heard(6, 5)).every((name) => name.endsWith('source'))).toBe(true);
    await Promise.all(receivers.map((one) => one.stop()));
  });

  it('let nothing through for a webhook without events, or one that is disabled at that time', async () => {
    const flow = videoFlow();
    const [silent, disabled] = [await WebhookReceiver.start(), await WebhookReceiver.start()];
    await listen(tams.client, silent.url, { events: [] });
    const paused = await listen(tams.client, disabled.url, { status: 'disabled' });
    await listen(tams.client, receiver.url, { flow_ids: [flow.id], events: ['flows/created', 'flows/updated'] });
    await create(flow);
    await receiver.accepts(1);
    await tams.client.put(`/service/webhooks/${paused.id}`, { ...paused, status: 'created', flow_ids: [flow.id] });
    await tams.client.put(`/flows/${flow.id}/label`, 'x');
    await disabled.accepts(1);
    expect(summary(disabled.accepted)).toEqual([`flows/updated ${flow.id}`]);
    expect(silent.messages).toEqual([]);
    await silent.stop();
    await disabled.stop();
  });
});

describe('a message', () => {
  it('carries the key, a signature over id, time and body, and who caused it', async () => {
    const flow = videoFlow();
    const key = 'Bearer 21238dksdjqwpqscj9';
    const about = { source_ids: [flow.source_id], events: ['flows/created'] };
    await listen(tams.client, receiver.url, { ...about, api_key_name: 'Authorization', api_key_value: key });
    const correlation = randomUUID();
    const trace = randomUUID().replaceAll('-', '');
    await tams.client.put(`/flows/${flow.id}`, flow, {
      headers: { 'x-correlation-id': correlation, traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    const [message] = await receiver.accepts(1);
    const { headers, raw } = message!;
    expect(headers).toMatchObject({
      authorization: key,
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^tams-server\//) as string,
      'x-correlation-id': correlation,
      traceparent: expect.stringMatching(new RegExp(`^00-${trace}-[0-9a-f]{16}-0[01]$`)) as string,
      'webhook-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    const time = String(headers['webhook-timestamp']);
    expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(30);
    const digest = createHmac('sha256', key)
      .update(`${idOf(message!)}.${time}.`)
      .update(raw)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${digest}`);
  });

  it('is unsigned without a key, and signed without sending the key when it has no header', async () => {
    const flow = videoFlow();
    const other = await WebhookReceiver.start();
    const about = { source_ids: [flow.source_id], events: ['flows/created'] };
    await listen(tams.client, receiver.url, about);
    await listen(tams.client, other.url, { ...about, api_key_value: 'a-secret' });
    await create(flow);
    expect((await receiver.accepts(1))[0]!.headers).not.toHaveProperty('webhook-signature');
    const { headers } = (await other.accepts(1))[0]!;
    expect(headers).toHaveProperty('webhook-signature');
    expect(JSON.stringify(headers)).not.toContain('a-secret');
    await other.stop();
  });
});

describeWithSpecification('payloads against the specification', (specification) => {
  it('fit the schema of their event', async () => {
    const flow = videoFlow({ label: 'x' });
    await listen(tams.client, receiver.url, { source_ids: [flow.source_id], verbose_storage: true });
    await create(flow);
    await tams.client.put(`/flows/${flow.id}/label`, 'y');
    await tams.client.put(`/sources/${flow.source_id}/label`, 'z');
    await addSegments(flow.id, 2);
    expect((await tams.client.delete(`/flows/${flow.id}`)).status).toBe(204);
    const messages = await receiver.accepts(8);
    expect(messages.map(({ body }) => body.event_type)).toEqual([
      'sources/created',
      'flows/created',
      'flows/updated',
      'sources/updated',
      'flows/segments_added',
      'flows/segments_deleted',
      'flows/deleted',
      'sources/deleted',
    ]);
    for (const { body } of messages) {
      expect(specification.schemas.explain(specification.eventSchema(body.event_type), body)).toEqual([]);
    }
  });
});
