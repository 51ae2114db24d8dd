import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { type Child, freePort, poll, startChild } from './child';
import { PrometheusClient } from './prometheus-client';
import { composeFile, ROOT, shippedIn } from './shipped-files';
import { substituted } from './substitutions';

/** Errors a client met in one go, before anybody looked. */
const BURST = 100;

const built = spawnSync(process.execPath, [join(ROOT, 'scripts/go-programs.mjs'), 'prometheus'], { encoding: 'utf8' });
const program = /^prometheus: (\/.+)$/m.exec(built.stdout)?.[1];
if (program === undefined) console.warn(`${built.stdout} test/stack/burst.stack.ts is skipped.`);
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

/** Prometheus 3 with the shipped configuration, rules and flags, looking at one server. */
async function startPrometheus(target: string): Promise<PrometheusClient> {
  const source = join(ROOT, 'deploy/prometheus');
  const configuration = join(directory, 'prometheus');
  await mkdir(join(configuration, 'targets'), { recursive: true });
  await cp(join(source, 'rules'), join(configuration, 'rules'), { recursive: true });
  for (const path of ['prometheus.yml', ...shippedIn('deploy/prometheus/rules', '.yml').map((name) => `rules/${name}`)])
    await writeFile(join(configuration, path), substituted(path, await readFile(join(source, path), 'utf8')));
  for (const job of ['tams-api', 'prometheus', 'alertmanager', 'node', 'postgres'])
    await writeFile(
      join(configuration, 'targets', `${job}.yml`),
      `- targets: [${job === 'tams-api' ? `'${target}'` : ''}]\n`,
    );
  const address = `127.0.0.1:${await freePort()}`;
  const flags = (composeFile().services['prometheus']?.command ?? [])
    .filter((flag) => !flag.startsWith('--web.external-url'))
    .map((flag) =>
      flag.replace('/etc/prometheus', configuration).replace('path=/prometheus', `path=${directory}/tsdb`),
    );
  child = await startChild({
    program: program ?? '',
    arguments: [...flags, `--web.listen-address=${address}`],
    environment: { GRAFANA_URL: 'http://grafana.test:3000', RUNBOOKS_URL: 'http://tams.test/docs/runbooks' },
    readyUrl: `http://${address}/-/ready`,
  });
  return new PrometheusClient(`http://${address}`);
}

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

    const prometheus = await startPrometheus(new URL(tams.url).host);
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
