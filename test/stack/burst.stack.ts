import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { type Child, poll } from './child';
import { goProgram, startPrometheus } from './prometheus-process';

/** Errors a client met in one go, before anybody looked. */
const BURST = 100;

const program = goProgram('prometheus', 'test/stack/burst.stack.ts');
const withPrometheus = program === undefined ? test.skip : test;

let directory: string;
let tams: TestServer | undefined;
let child: Child | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-burst-'));
});
afterAll(async () => {
  await child?.stop();
  await tams?.stop();
  await rm(directory, { recursive: true, force: true });
});

withPrometheus(
  'errors that came before the first scrape are an increase to Prometheus 3, and spend the budget',
  async () => {
    const databaseUrl = await createTestDatabase();
    tams = await startTestServer({ DATABASE_URL: databaseUrl });
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('ALTER TABLE profiles RENAME TO profiles_away');
    await client.end();
    for (let request = 0; request < BURST; request += 1) {
      expect((await fetch(`${tams.url}/service/profiles`)).status).toBe(500);
    }

    const { client: prometheus, child: started } = await startPrometheus(program ?? '', directory, {
      server: new URL(tams.url).host,
    });
    child = started;
    const errors = 'sum(increase(tams_http_requests_total{endpoint="/service/profiles",status_code="500"}[5m]))';
    const seen = await poll('the burst', 120_000, async () => {
      const [sample] = await prometheus.query(errors);
      return sample !== undefined && sample.value > 0 && sample.value;
    });
    // Extrapolated over the window; a counter that is born at 100 would have increased by nothing.
    expect(seen).toBeGreaterThan(BURST * 0.9);
    const [share] = await poll('the objective', 60_000, async () => {
      const found = await prometheus.query('tams:slo_errors:ratio_rate5m > 0');
      return found.length > 0 && found;
    });
    expect(share?.value).toBeGreaterThan(0.5);
    expect(await prometheus.failedRules()).toEqual([]);
    // Honoured, and not taken for series of their own.
    expect(await prometheus.query('tams_http_requests_created')).toEqual([]);
  },
  600_000,
);
