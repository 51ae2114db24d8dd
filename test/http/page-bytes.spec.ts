import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { planNameOf } from '../../libs/platform/src/database/prepared';
import { SegmentRepository } from '../../libs/segments/src/segment.repository';
import { videoFlow } from '../support/flow-fixtures';
import { startTestServer, type TestServer } from '../support/test-server';

type Json = Record<string, unknown>;

/** What one page may hold, and the largest document beside. */
const MOST_BYTES = 4 * 1024 ** 2 + 256 * 1024;
const COUNT = 70;
const LARGE = 'x'.repeat(10_000);

let tams: TestServer;
let database: Client;
const label = randomUUID();

beforeAll(async () => {
  tams = await startTestServer();
  database = new Client({ connectionString: tams.databaseUrl });
  await database.connect();
  const tags = JSON.stringify(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag-${index}`, LARGE])));
  await database.query(
    `INSERT INTO sources (id, format, label, tags)
     SELECT gen_random_uuid(), 'urn:x-nmos:format:video', $1, $2::jsonb FROM generate_series(1, $3::int)`,
    [label, tags, COUNT],
  );
  await database.query(
    `INSERT INTO flows (id, source_id, document, metadata_version)
     SELECT gen_random_uuid(), id, jsonb_build_object('format', format, 'codec', 'video/h264', 'label', label, 'tags', tags,
              'essence_parameters', '{"frame_width": 16, "frame_height": 9, "frame_rate": {"numerator": 25}}'::jsonb), '1'
       FROM sources`,
  );
  await database.query(
    `INSERT INTO profiles (id, label, tags, flow_metadata)
     SELECT gen_random_uuid(), label, tags, jsonb_build_object('format', format, 'codec', 'video/h264',
              'essence_parameters', '{"frame_width": 16, "frame_height": 9, "frame_rate": {"numerator": 25}}'::jsonb)
       FROM sources`,
  );
  await database.query(
    `INSERT INTO webhooks (id, url, events, presentation, tags, status)
     SELECT gen_random_uuid(), 'https://hooks.example/' || id, '{}', '{}', tags, 'disabled' FROM sources`,
  );
});
afterAll(async () => {
  await database.end();
  await tams.stop();
});

describe.each([
  ['/flows', { sort_by: 'label' }],
  ['/flows', { sort_by: 'created', reverse_order: 'true' }],
  ['/sources', {}],
  ['/service/profiles', {}],
  ['/service/webhooks', {}],
])('a listing of large documents (%s %j)', (path, query) => {
  it('ends its pages early, and loses and repeats none', async () => {
    const ids: unknown[] = [];
    let pages = 0;
    for await (const page of tams.client.pages<Json[]>(path, { query: { ...query, limit: 1000 } })) {
      expect(Buffer.byteLength(JSON.stringify(page.body))).toBeLessThan(MOST_BYTES);
      ids.push(...page.body.map((item) => item['id']));
      pages += 1;
    }
    expect([ids.length, new Set(ids).size]).toEqual([COUNT, COUNT]);
    expect(pages).toBe(2);
  });
});

it('a listing of Segments whose objects have many long URLs ends its pages early too', async () => {
  const flow = videoFlow();
  await tams.client.put(`/flows/${flow.id}`, flow);
  await database.query(
    `WITH made AS (
       INSERT INTO objects (id, role, registered, timerange, start_ns, end_ns)
       SELECT $1 || n, 'media', now(), '_', n, n + 1 FROM generate_series(1, 30) n RETURNING id, start_ns, end_ns),
     urls AS (
       INSERT INTO object_instances (object_id, label, url)
       SELECT id, 'label ' || u, 'https://media.example/' || repeat('x', 8000) || u FROM made, generate_series(1, 50) u)
     INSERT INTO segments (flow_id, object_id, start_ns, end_ns, timerange)
     SELECT $2, id, start_ns, end_ns, '[0:' || start_ns || '_0:' || end_ns || ')' FROM made`,
    [randomUUID(), flow.id],
  );
  const seen: unknown[] = [];
  let pages = 0;
  for await (const page of tams.client.pages<Json[]>(`/flows/${flow.id}/segments`, { query: { limit: 1000 } })) {
    expect(Buffer.byteLength(JSON.stringify(page.body))).toBeLessThan(MOST_BYTES + 500_000);
    seen.push(...page.body.map((segment) => segment['timerange']));
    pages += 1;
  }
  expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => `[0:${index + 1}_0:${index + 2})`));
  expect(pages).toBe(3);
  const repository = new SegmentRepository();
  const selection = {
    timerange: undefined,
    objectId: undefined,
    reverse: false,
    after: undefined,
    count: 1001,
    withInstances: true,
  };
  const rows = await repository.list(
    {
      query: async (text, values) =>
        (await database.query({ name: planNameOf(text), text, values: values as unknown[] })).rows as never,
    },
    flow.id,
    selection,
  );
  expect(rows.length).toBeLessThan(12);
});

describe('a document that is too large', () => {
  const tooLarge = { status: 413, body: { type: 'urn:x-tams:problem:document-too-large' } };
  const tags = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`tag-${index}`, LARGE]));

  it('is refused as a Flow, whole and piece by piece, and as a Profile', async () => {
    const flow = videoFlow();
    expect(await tams.client.put(`/flows/${flow.id}`, { ...flow, tags })).toMatchObject(tooLarge);
    expect(await tams.client.put(`/flows/${flow.id}`, { ...flow, vendor: LARGE.repeat(30) })).toMatchObject(tooLarge);
    expect((await tams.client.get(`/flows/${flow.id}`)).status).toBe(404);
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    const answers = [];
    for (const [name, value] of Object.entries(tags))
      answers.push((await tams.client.put(`/flows/${flow.id}/tags/${name}`, value)).status);
    expect([answers[0], answers.at(-1)]).toEqual([204, 413]);
    const id = randomUUID();
    const { codec, format, essence_parameters } = flow as Json;
    const flow_metadata = { codec, format, essence_parameters, vendor: LARGE.repeat(30) };
    expect(await tams.client.post(`/service/profiles/${id}`, { id, flow_metadata })).toMatchObject(tooLarge);
  });

  it('is refused as the tags and as the description of a Source', async () => {
    const flow = videoFlow();
    await tams.client.put(`/flows/${flow.id}`, flow);
    const source = `/sources/${flow.source_id}`;
    const many = Array.from({ length: 30 }, () => LARGE);
    expect(await tams.client.put(`${source}/tags/many`, many)).toMatchObject(tooLarge);
    expect(await tams.client.put(`${source}/description`, '\u20ac'.repeat(99_000))).toMatchObject(tooLarge);
  });
});
