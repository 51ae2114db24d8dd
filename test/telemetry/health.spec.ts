import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { BreakableLink } from '../support/breakable-link';
import { parseSamples } from './scrape';

interface Check {
  readonly status: string;
  readonly latency_ms: number;
  readonly message?: string;
}
interface Report {
  readonly status: string;
  readonly version: string;
  readonly uptime_seconds: number;
  readonly memory: Readonly<Record<string, number>>;
  readonly event_loop: Readonly<Record<string, number>>;
  readonly checks: Readonly<Record<string, Check>>;
}
interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

let link: BreakableLink;
let tams: TestServer;

async function get<Body = unknown>(path: string): Promise<Answer<Body>> {
  const response = await fetch(`${tams.url}${path}`);
  return { status: response.status, body: await (response.json() as Promise<Body>) };
}

/** A store whose live ingests are as their flows say: seconds since their last segment. */
async function seed(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const source = randomUUID();
  await client.query(`INSERT INTO sources (id, format) VALUES ($1, 'urn:x-nmos:format:video')`, [source]);
  const now = BigInt(Date.now()) * 1_000_000n;
  const flows: [status: string, silence: number, lastEnd: bigint | null, segments: number][] = [
    ['ingesting', 5, now - 8_000_000_000n, 100],
    ['ingesting', 3_600, now - 3_600_000_000_000n, 200],
    ['ingesting', 90, 500_000_000_000n, 300],
    ['closed_complete', 86_400, now - 86_400_000_000_000n, 400],
  ];
  for (const [status, silence, lastEnd, segments] of flows) {
    await client.query(
      `INSERT INTO flows (id, source_id, document, metadata_version, segments_updated, segment_count, last_end_ns)
       VALUES ($1, $2, $3, '1', clock_timestamp() - make_interval(secs => $4), $5, $6)`,
      [randomUUID(), source, JSON.stringify({ format: 'urn:x-nmos:format:video', status }), silence, segments, lastEnd],
    );
  }
  await client.query(`INSERT INTO objects (id, role) VALUES ('a', 'media'), ('b', 'media'), ('c', NULL)`);
  await client.query(
    `INSERT INTO object_instances (object_id, storage_id, size_bytes) VALUES ('a', $1, 1000), ('b', $1, 234)`,
    [storageId],
  );
  await client.end();
}

const storageId = '5f1b1c0e-6b3c-4d6a-9f6a-222222222222';

beforeAll(async () => {
  const databaseUrl = await createTestDatabase();
  await seed(databaseUrl);
  link = await BreakableLink.to(databaseUrl);
  tams = await startTestServer({ DATABASE_URL: link.url });
});
afterAll(async () => {
  await tams.stop();
  await link.stop();
});
afterEach(() => {
  link.mend();
});

it('/health reports every part, each with its latency, and which ingest has stalled', async () => {
  const { status, body } = await get<Report>('/health');
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'degraded', version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string });
  expect(body).toMatchObject({ authentication: { modes: ['none'], open_to_anybody: true } });
  expect(body.checks['job_queue']).toMatchObject({ waiting: expect.any(Number) as number, failed: 0 });
  expect(body.uptime_seconds).toBeGreaterThan(0);
  expect(body.memory['rss_bytes']).toBeGreaterThan(10_000_000);
  expect(body.event_loop['lag_p99_ms']).toBeGreaterThanOrEqual(0);
  expect(Object.keys(body.checks)).toEqual(
    expect.arrayContaining(['database', 'job_queue', 'storage:local', 'telemetry']),
  );
  expect(body.checks['ingest']).toMatchObject({
    message: expect.stringMatching(/no new Segment: .+ for \d+ s/) as string,
  });
  for (const [name, check] of Object.entries(body.checks)) {
    expect([name, check.status]).toEqual([name, name === 'ingest' ? 'degraded' : 'up']);
    expect(check.latency_ms).toBeGreaterThanOrEqual(0);
  }
});

it('the runbooks alerts link to are served, and nothing beside them', async () => {
  const names = readdirSync(join(__dirname, '../../docs/runbooks'));
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) {
    const answer = await fetch(`${tams.url}/docs/runbooks/${name}`);
    expect({ name, status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      name,
      status: 200,
      type: 'text/plain; charset=utf-8',
    });
    // What to set before any of them.
    expect(await answer.text()).toContain(name === 'setup.md' ? '# Before a runbook' : '## What to do');
  }
  for (const name of ['no-such.md', '..%2Foperations.md', 'watchdog'])
    expect((await fetch(`${tams.url}/docs/runbooks/${name}`)).status).toBe(404);
});

it('/livez and /readyz say yes', async () => {
  expect(await get('/livez')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await get('/readyz')).toEqual({ status: 200, body: { status: 'ok' } });
});

it('without the database the process lives, is not ready, and is unhealthy; all by itself it recovers', async () => {
  link.cut();
  expect((await get('/livez')).status).toBe(200);
  // A scrape reads memory and asks nobody.
  expect((await fetch(`${tams.url}/metrics`)).status).toBe(200);
  const ready = await get<{ status: string; reason: string }>('/readyz');
  expect(ready.status).toBe(503);
  expect(ready.body).toMatchObject({ status: 'unavailable' });
  expect(ready.body.reason).toContain('database does not answer');
  const health = await get<Report>('/health');
  expect(health.status).toBe(503);
  expect(health.body.status).toBe('error');
  expect(health.body.checks['database']).toMatchObject({
    status: 'down',
    latency_ms: expect.any(Number) as number,
    // Not only that it cannot answer: why.
    message: expect.stringMatching(/ECONN|terminated|closed|timeout/i) as string,
  });
  expect(health.body.checks['storage:local']).toMatchObject({ status: 'up' });
  link.mend();
  await eventually(
    async () => (await get('/readyz')).status,
    (status) => status === 200,
    { what: 'the server is ready again', every: 50 },
  );
  expect((await get<Report>('/health')).body.status).toBe('degraded');
});

it('the gauges say what the store holds and which live ingests went silent', async () => {
  const gauges = await eventually(
    async () => {
      const text = await (await fetch(`${tams.url}/metrics`)).text();
      return new Map(parseSamples(text).map(({ name, value }) => [name, value]));
    },
    (samples) => samples.has('tams_storage_bytes_total'),
    { what: 'the gauges of the store', every: 50 },
  );
  expect(
    Object.fromEntries([...gauges].filter(([name]) => /^tams_(sources|flows|segments|storage|objects)_/.test(name))),
  ).toMatchObject({
    tams_sources_total: 1,
    tams_flows_total: 4,
    tams_segments_total: 1000,
    tams_storage_bytes_total: 1234,
    tams_objects_unregistered: 1,
    tams_flows_ingesting: 3,
    tams_flows_stalled: 2,
  });
  expect(gauges.get('tams_flow_seconds_since_last_segment_max')).toBeGreaterThanOrEqual(3_600);
  expect(gauges.get('tams_flow_seconds_since_last_segment_max')).toBeLessThan(3_700);
  expect(gauges.get('tams_flow_live_edge_lag_seconds_max')).toBeGreaterThanOrEqual(3_600);
  expect(gauges.get('tams_flow_live_edge_lag_seconds_max')).toBeLessThan(3_700);
  expect(gauges.get('tams_database_connections')).toBeGreaterThanOrEqual(0);
});

it('while it drains, a server is not ready, answers everything else, and ends connections with their answers', async () => {
  const other = await startTestServer();
  const drained = other.server.drain(0.5);
  const ready = await fetch(`${other.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(ready.headers.get('connection')).toBe('close');
  expect(await ready.json()).toEqual({ status: 'unavailable', reason: 'The server is stopping.' });
  const progress = { draining: true };
  const end = drained.then(() => {
    progress.draining = false;
  });
  const statuses = new Set<number>();
  while (progress.draining) {
    const responses = await Promise.all(Array.from({ length: 8 }, () => fetch(`${other.url}/sources`)));
    for (const response of responses) {
      statuses.add(response.status);
      await response.arrayBuffer();
    }
  }
  await end;
  await other.stop();
  expect([...statuses]).toEqual([200]);
});
