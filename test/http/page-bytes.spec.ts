import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
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
