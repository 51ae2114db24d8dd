import { execFileSync, spawnSync } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Child, freePort, poll, startChild } from './child';
import { programPath } from './debian-programs';
import { MixedLoad } from './load';
import { PrometheusClient } from './prometheus-client';
import { ROOT } from './shipped-files';

const SERVER = join(ROOT, 'dist/apps/tams-api/apps/tams-api/src/main.js');
/** Longest a program of a backup may take, in milliseconds: nothing else can happen here meanwhile. */
const PROGRAM_MS = 60_000;
/** An account that owns nothing: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

let directory: string;
const children: Child[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-backup-'));
});
afterEach(async () => {
  for (const child of children.splice(0).toReversed()) await child.stop();
  await rm(directory, { recursive: true, force: true });
});

function script(name: string, parameters: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return spawnSync('sh', [join(ROOT, 'deploy/backup', name), ...parameters], {
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
    timeout: PROGRAM_MS,
  });
}

async function startServer(environment: Readonly<Record<string, string>>): Promise<{ url: string; child: Child }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = await startChild({
    program: process.execPath,
    arguments: [SERVER],
    directory,
    environment: {
      PORT: new URL(url).port,
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
      SHUTDOWN_DRAIN_SECONDS: '0',
      ...environment,
    },
    readyUrl: `${url}/readyz`,
  });
  children.push(child);
  return { url, child };
}

/** What clients can see of a store: flows, their segments, and the first bytes of media. */
async function contents(url: string): Promise<unknown> {
  const read = async (path: string) => (await fetch(url + path)).json();
  const flows = (await read('/flows?limit=100')) as { id: string }[];
  const segments = await Promise.all(
    flows.map(async ({ id }) => {
      const list = (await read(`/flows/${id}/segments?limit=1000`)) as { get_urls: { url: string }[] }[];
      const [first] = list;
      const media =
        first?.get_urls[0] && Buffer.from(await (await fetch(first.get_urls[0].url)).arrayBuffer()).toString('hex');
      return { id, media, segments: list.map((segment) => ({ ...segment, get_urls: undefined })) };
    }),
  );
  return {
    flows: flows.toSorted((a, b) => a.id.localeCompare(b.id)),
    sources: await read('/sources?limit=100'),
    segments: segments.toSorted((a, b) => a.id.localeCompare(b.id)),
  };
}

/** Puts media in for as long as it takes to have some segments, and waits until no deletion is under way. */
async function fill(url: string): Promise<void> {
  const load = new MixedLoad(url, { faults: false });
  await load.start();
  await poll('segments', 30_000, async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return Number(/^tams_segments_ingested_total\{format="video"\} (\d+)/m.exec(metrics)?.[1] ?? 0) >= 5;
  });
  await load.stop();
  // A deletion still to be done would go on after the restart, and what was restored would differ from what was saved.
  await poll('deletions', 30_000, async () => {
    const requests = (await (await fetch(`${url}/flow-delete-requests`)).json()) as { status: string }[];
    return requests.every(({ status }) => status === 'done');
  });
}

it('an embedded store is back after backup and restore, to the byte', async () => {
  const data = join(directory, 'data');
  const first = await startServer({ DATA_DIR: data });
  await fill(first.url);
  const before = await contents(first.url);
  expect(JSON.stringify(before)).toContain('"media":"01010101');
  expect(script('backup-store.sh', [join(directory, 'hot'), '--embedded', data]).stderr).toContain(
    'stop the server first',
  );
  await first.child.stop();

  const backup = join(directory, 'backup');
  expect(script('backup-store.sh', [backup, '--embedded', data])).toMatchObject({ status: 0 });
  expect(script('restore-store.sh', [backup, '--embedded', data]).stderr).toContain('is not empty');
  const restored = join(directory, 'restored');
  expect(script('restore-store.sh', [backup, '--embedded', restored])).toMatchObject({ status: 0 });

  const second = await startServer({ DATA_DIR: restored });
  expect(await contents(second.url)).toEqual(before);
});

it('a damaged backup is refused', async () => {
  await mkdir(join(directory, 'backup'));
  await writeFile(join(directory, 'backup', 'data.tar.gz'), 'damaged');
  await writeFile(join(directory, 'backup', 'SHA256SUMS'), `${'0'.repeat(64)}  data.tar.gz\n`);
  const { status, stderr } = script('restore-store.sh', [
    join(directory, 'backup'),
    '--embedded',
    join(directory, 'new'),
  ]);
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('is damaged') as string });
});

it('a store on a PostgreSQL of its own is back after pg_dump and restore, with its objects', async () => {
  const programs = dirname(programPath('pg_dump'));
  const url = await startPostgres(programs);
  const createDatabase = (name: string): string => {
    execFileSync(join(programs, 'psql'), ['-q', '-c', `CREATE DATABASE ${name}`, url], { timeout: PROGRAM_MS });
    return url.replace(/\/postgres$/, `/${name}`);
  };
  const environment = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, DATABASE_URL: createDatabase('store') };
  const first = await startServer({ DATABASE_URL: environment.DATABASE_URL, DATA_DIR: join(directory, 'data') });
  await fill(first.url);
  const before = await contents(first.url);
  expect(JSON.stringify(before)).toContain('"media":"01010101');
  // While the server runs.
  const backup = join(directory, 'backup');
  const saved = script('backup-store.sh', [backup, '--objects', join(directory, 'data/objects')], environment);
  expect({ ...saved, output: undefined }).toMatchObject({ status: 0 });
  await first.child.stop();
  const manifest = await readFile(join(backup, 'objects.tsv'), 'utf8');
  expect(manifest).toMatch(/^COPY public\.object_instances \(id, object_id, storage_id,/);

  expect(script('restore-store.sh', [backup], environment).stderr).toContain('The database is not empty');
  const restoredUrl = createDatabase('restored');
  const objects = join(directory, 'restored/objects');
  await mkdir(join(directory, 'restored'));
  const restored = script('restore-store.sh', [backup, '--objects', objects], {
    ...environment,
    DATABASE_URL: restoredUrl,
  });
  expect(restored).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/Restored: [1-9]\d* object instances/) as string,
  });
  const second = await startServer({ DATABASE_URL: restoredUrl, DATA_DIR: join(directory, 'restored') });
  expect(await contents(second.url)).toEqual(before);
});

async function startPostgres(programs: string): Promise<string> {
  const cluster = await mkdtemp(join(tmpdir(), 'tams-postgres-'));
  const root = process.getuid?.() === 0;
  if (root) await chown(cluster, NOBODY, NOBODY);
  const account = root ? { uid: NOBODY, gid: NOBODY } : {};
  execFileSync(join(programs, 'initdb'), ['-D', cluster, '-U', 'tams', '-A', 'trust', '--no-sync'], {
    ...account,
    stdio: 'ignore',
    timeout: PROGRAM_MS,
  });
  const port = await freePort();
  const url = `postgres://tams@127.0.0.1:${port}/postgres`;
  const child = await startChild({
    program: join(programs, 'postgres'),
    arguments: [
      '-D',
      cluster,
      '-p',
      String(port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
    ],
    ...account,
    ready: () => {
      const { status } = spawnSync(join(programs, 'psql'), ['-qc', 'SELECT 1', url], { timeout: 10_000 });
      return Promise.resolve(status === 0);
    },
  });
  children.push({
    ...child,
    stop: async () => {
      await child.stop('SIGINT');
      await rm(cluster, { recursive: true, force: true });
    },
  });
  return url;
}

it('figures of Prometheus are back after snapshot and restore', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = join(directory, 'prometheus.yml');
  await writeFile(
    configuration,
    `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: prometheus\n    static_configs: [{ targets: ['${address}'] }]\n`,
  );
  const start = async (data: string): Promise<Child> => {
    const child = await startChild({
      program: programPath('prometheus'),
      arguments: [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${data}`,
        '--web.enable-admin-api',
        `--web.listen-address=${address}`,
      ],
      readyUrl: `http://${address}/-/ready`,
    });
    children.push(child);
    return child;
  };
  const client = new PrometheusClient(`http://${address}`);
  const first = await start(join(directory, 'tsdb'));
  await poll('figures', 20_000, async () => (await client.query('up')).length > 0);
  const moment = Math.floor(Date.now() / 1000);
  const before = await client.query(`up @ ${moment}`);
  const grafana = join(directory, 'grafana');
  await mkdir(grafana);
  await writeFile(join(grafana, 'grafana.db'), 'users');
  const backup = join(directory, 'backup');
  const environment = {
    PROMETHEUS_URL: `http://${address}`,
    PROMETHEUS_DATA: join(directory, 'tsdb'),
    GRAFANA_DATA: grafana,
  };
  expect(script('backup-observability.sh', [backup], environment)).toMatchObject({ status: 0 });
  await first.stop();
  const restored = { PROMETHEUS_DATA: join(directory, 'restored'), GRAFANA_DATA: join(directory, 'restored-grafana') };
  expect(script('restore-observability.sh', [backup], restored)).toMatchObject({ status: 0 });
  await start(restored.PROMETHEUS_DATA);
  expect(await client.query(`up @ ${moment}`)).toEqual(before);
  expect(await readFile(join(restored.GRAFANA_DATA, 'grafana.db'), 'utf8')).toBe('users');
});
