import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type LabelValues, metricContract, type MetricDeclaration, startTracing, type Tracing } from '@tams/telemetry';
import { Pool } from 'pg';
import { fillDirectly } from '../http/deletion-fixtures';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { type Reaction, WebhookReceiver } from '../support/webhook-receiver';
import { BreakableLink } from '../support/breakable-link';
import {
  allocate,
  CountedRequests,
  exerciseConsole,
  exerciseInsight,
  exerciseMedia,
  exerciseMetadata,
  exerciseService,
  registerOne,
  type StoredFlows,
} from './operations';
import { OtlpReceiver } from './otlp-receiver';
import { changes, parseSamples, type Sample } from './scrape';

const declarations: readonly MetricDeclaration[] = Object.values(metricContract);
const declared = new Map(declarations.map((declaration) => [declaration.name, declaration]));

/** Label values that this scenario has no cause for, and why. */
const withoutCause: Readonly<Record<string, string>> = {
  'tams_job_duration_seconds outcome=error': 'jobs that fail: test/telemetry/job-telemetry.spec.ts',
  'tams_job_duration_seconds outcome=interrupted': 'only a server that stops calls attempts off',
  'tams_telemetry_spans_total outcome=failed': 'collectors that refuse: test/telemetry/collector.spec.ts',
  'tams_telemetry_spans_total outcome=dropped': 'collectors that hang: test/telemetry/collector.spec.ts',
  tams_telemetry_log_records_total: 'only with OTEL_LOGS_EXPORTER: test/telemetry/log-export.spec.ts',
  tams_log_lines_lost_total: 'disks that are full: test/telemetry/side-channels.spec.ts',
  'tams_s3_operation_duration_seconds operation=copy': 'only S3 copies by itself',
  'tams_s3_errors_total operation=copy': 'only S3 copies by itself',
  tams_replica_reads_total: 'only with DATABASE_READ_URL: test/database/read-replica.spec.ts',
  tams_metadata_store_replication_lag_seconds: 'needs a standby; its alert is tested with promtool',
  tams_embedded_postgres_cpu_seconds_total: 'the test has its own: embedded-postgres-gauges.spec.ts',
  tams_embedded_postgres_memory_bytes: 'the test has its own: embedded-postgres-gauges.spec.ts',
  tams_certificate_expiry_timestamp_seconds: 'needs TLS: test/auth/tls.spec.ts',
};

const unknown = '6e2b1c0e-6b3c-4d6a-9f6a-111111111111';
const second = randomUUID();

let directory: string;
let link: BreakableLink;
/** The database of the server, not by way of the link. */
let directUrl: string;
let database: Pool;
let collector: OtlpReceiver;
let tracing: Tracing;
let webhooks: WebhookReceiver;
let tams: TestServer;
let requests: CountedRequests;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-contract-'));
  const databaseUrl = (directUrl = await createTestDatabase());
  link = await BreakableLink.to(databaseUrl);
  database = new Pool({ connectionString: databaseUrl, max: 1 });
  collector = await OtlpReceiver.start();
  tracing = startTracing(
    { OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' },
    { name: 'tams', version: '1' },
  );
  webhooks = await WebhookReceiver.start(({ path }) => reactions[path] ?? { status: 204 });
  const backends = [
    {
      type: 'filesystem',
      id: randomUUID(),
      label: 'first',
      directory: join(directory, 'first'),
      default_storage: true,
    },
    { type: 'filesystem', id: second, label: 'second', directory: join(directory, 'second') },
  ];
  await writeFile(join(directory, 'backends.json'), JSON.stringify(backends));
  tams = await startTestServer({
    DATABASE_URL: link.url,
    STORAGE_BACKENDS_FILE: join(directory, 'backends.json'),
    OBJECT_COLLECTION_INTERVAL_SECONDS: '1',
    WEBHOOK_TIMEOUT_SECONDS: '1',
    WEBHOOK_RETRY_FIRST_MILLISECONDS: '20',
  });
  requests = new CountedRequests(tams.url);
});
afterAll(async () => {
  await tams.stop();
  await tracing.stop();
  await Promise.all([webhooks.stop(), collector.stop(), link.stop(), database.end()]);
  await rm(directory, { recursive: true, force: true });
});

const reactions: Readonly<Record<string, Reaction>> = {
  '/http-status': { status: 500 },
  '/timeout': 'hang',
  '/connection': 'drop',
};

/** A webhook for each way a delivery can end, and every operation on webhooks. */
async function exerciseWebhooks(flow: string): Promise<void> {
  const listen = async (url: string): Promise<string> =>
    (await requests.succeed<{ id: string }>('POST', '/service/webhooks', { url, events: ['flows/updated'] })).id;
  const good = await listen(`${webhooks.url}/good`);
  const failing: string[] = [];
  for (const path of Object.keys(reactions)) failing.push(await listen(`${webhooks.url}${path}`));
  const refused = await listen(`${webhooks.url}/refused`);
  // Nobody can register such an address; a name may come to mean it later.
  await database.query(`UPDATE webhooks SET url = 'http://169.254.169.254/' WHERE id = $1`, [refused]);
  await requests.succeed('PUT', `/flows/${flow}/label`, 'heard of');
  await webhooks.accepts(1);
  const path = `/service/webhooks/${good}`;
  await requests.read('/service/webhooks');
  const webhook = await requests.read<object>(path);
  interface Delivery {
    readonly id: string;
    readonly state: string;
  }
  const [delivery] = await requests.until<Delivery[]>(`${path}/deliveries`, ([first]) => first?.state === 'delivered');
  await requests.read(`${path}/deliveries`);
  await requests.read(`${path}/deliveries/${delivery!.id}`);
  await requests.succeed('POST', `${path}/deliveries/${delivery!.id}/replay`);
  await requests.succeed('POST', `${path}/replay?since=2020-01-01T00:00:00Z`);
  await requests.succeed('POST', `${path}/test`);
  await requests.succeed('PUT', path, { ...webhook, status: 'disabled' });
  const owing = `/service/webhooks/${failing[0]!}/deliveries`;
  const [owed] = await requests.until<Delivery[]>(owing, ([first]) => first !== undefined);
  await requests.succeed('DELETE', `${owing}/${owed!.id}`);
  await requests.succeed('DELETE', path);
}

/** Deletions at once, by request, and by the end of what was never registered. */
async function exerciseDeletions({ video, all }: StoredFlows): Promise<void> {
  await requests.succeed('DELETE', `/flows/${video}/segments?timerange=[0:0_1:0)`);
  const [, audio, ...others] = all;
  await fillDirectly(database, audio!, 1001);
  await requests.succeed('DELETE', `/flows/${audio!}`);
  const deletions = '/flow-delete-requests';
  const [deletion] = await requests.until<{ id: string; status: string }[]>(
    deletions,
    ([first]) => first?.status === 'done',
  );
  await requests.succeed('HEAD', deletions);
  await requests.read(`${deletions}/${deletion!.id}`);
  for (const id of others) await requests.succeed('DELETE', `/flows/${id}`);
  const expiring = await allocate(requests, video, 3);
  await database.query(`UPDATE objects SET allocated = allocated - interval '1 hour' WHERE id = ANY($1)`, [
    expiring.map(({ object_id }) => object_id),
  ]);
}

/** Every kind of refusal, each once or as often as is said. */
async function exerciseRefusals(flow: string): Promise<void> {
  const refused: [status: number, method: string, path: string, body?: unknown][] = [
    [404, 'GET', `/flows/${unknown}`],
    [404, 'GET', `/sources/${unknown}`],
    [404, 'PUT', `/sources/${unknown}/label`, 'x'],
    [404, 'DELETE', `/flows/${unknown}`],
    [404, 'DELETE', `/flows/${unknown}/segments`],
    [404, 'POST', `/flows/${unknown}/storage`, { limit: 1 }],
    [400, 'GET', '/flows?limit=many'],
    [400, 'PUT', `/flows/${flow}`, { id: flow }],
    [400, 'POST', `/flows/${flow}/segments`, { object_id: 'nobody-knows', timerange: '[9:0_8:0)' }],
    [400, 'POST', `/flows/${flow}/segments`, { object_id: randomUUID(), timerange: '[0:0_9:0)' }],
    [404, 'GET', '/no/such/path'],
    [405, 'PATCH', `/flows/${flow}`, {}],
    [405, 'OPTIONS', '/flows'],
    [405, 'PROPFIND', '/flows'],
  ];
  for (const [status, method, path, body] of refused) {
    expect({ method, path, status: (await requests.send(method, path, body)).status }).toEqual({
      method,
      path,
      status,
    });
  }
}

/** Operations while the database and a storage backend are away. */
async function exerciseFailures(flow: string): Promise<void> {
  await rename(join(directory, 'second'), join(directory, 'gone'));
  await writeFile(join(directory, 'second'), 'no directory');
  expect((await requests.send('GET', '/health')).status).toBe(503);
  await rm(join(directory, 'second'));
  await rename(join(directory, 'gone'), join(directory, 'second'));
  await chmod(join(directory, 'second'), 0o755);
  link.cut();
  for (const path of [`/flows/${flow}`, `/flows/${flow}/segments`, '/sources'])
    expect((await requests.send('GET', path)).status).toBe(503);
  const failed = ({ name, labels, value }: Sample) =>
    name === 'tams_store_refreshes_total' && labels['outcome'] === 'error' && value > 0;
  while (!(await scrape()).samples.some(failed)) await new Promise((resolve) => setTimeout(resolve, 200));
  link.mend();
  for (let status = 503; status !== 200;) ({ status } = await requests.send('GET', '/readyz'));
}

interface Scrape {
  readonly text: string;
  readonly samples: readonly Sample[];
}

async function scrape(): Promise<Scrape> {
  const text = await requests.succeed<string>('GET', '/metrics');
  return { text, samples: parseSamples(text) };
}

/** Scrapes until what happens in the background is there as well; what is still missing after a minute never comes. */
async function scrapeAfterBackgroundWork(before: Scrape): Promise<Scrape> {
  for (const deadline = Date.now() + 60_000; ;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const after = await scrape();
    const refreshed = after.samples.some(({ name, value }) => name === 'tams_flows_total' && value === 1);
    const expired = changesOf(before, after)('tams_objects_total')['expired'] === 3;
    if (Date.now() > deadline || (refreshed && expired && unfed(before, after).length === 0)) return after;
  }
}

/** Changes of a metric between two scrapes, by its label values. */
function changesOf(before: Scrape, after: Scrape): (name: string) => Record<string, number> {
  return (name) =>
    Object.fromEntries(
      changes(before.samples, after.samples, name).map(({ labels, value }) => [Object.values(labels).join(' '), value]),
    );
}

/** Name of the metric a sample belongs to: a histogram's samples have suffixes. */
function familyOf(name: string): string {
  const family = name.replace(/_(bucket|sum|count)$/, '');
  return declared.get(family)?.type === 'histogram' ? family : name;
}

/** Which metrics, and which values of closed labels, no traffic has fed. Counters of failures may be there at zero. */
function unfed(before: Scrape, after: Scrape): string[] {
  return declarations.flatMap(({ name, type, labels }) => {
    const counted = type === 'histogram' ? `${name}_count` : name;
    const present = after.samples.filter((sample) => sample.name === counted);
    const moved = type === 'gauge' ? present : changes(before.samples, after.samples, counted);
    if (moved.length === 0) return withoutCause[name] === undefined ? [name] : [];
    const fed = name.endsWith('_errors_total') ? present : moved;
    return Object.entries(labels).flatMap(([label, allowed]) =>
      closedValues(allowed)
        .filter((value) => value !== 'other' && !fed.some((sample) => sample.labels[label] === value))
        .map((value) => `${name} ${label}=${value}`)
        .filter((missing) => withoutCause[missing] === undefined),
    );
  });
}

function closedValues(allowed: LabelValues): readonly string[] {
  return Array.isArray(allowed) ? (allowed as readonly string[]) : [];
}

it('a live scrape after every operation shows the contract: all of it fed, nothing undeclared, counts exact', async () => {
  const before = await scrape();
  await exerciseService(requests);
  const flows = await exerciseMetadata(requests);
  await exerciseMedia(requests, flows.video, second);
  await exerciseConsole(requests, flows.video);
  await exerciseInsight(requests, directUrl);
  for (const flow of flows.all.filter((id) => id !== flows.video)) await registerOne(requests, flow);
  await exerciseWebhooks(flows.video);
  await exerciseDeletions(flows);
  await exerciseRefusals(flows.video);
  await exerciseFailures(flows.video);
  const after = await scrapeAfterBackgroundWork(before);

  expect(unfed(before, after)).toEqual([]);
  for (const { name, type, help } of declarations) {
    expect(after.text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
  }
  for (const sample of after.samples.filter(({ name }) => name.startsWith('tams_'))) {
    const labels = declared.get(familyOf(sample.name))?.labels;
    expect({ sample, declared: labels !== undefined }).toEqual({ sample, declared: true });
    const names = Object.keys(sample.labels).filter((label) => label !== 'le');
    expect(names.sort()).toEqual(Object.keys(labels!).sort());
    for (const [label, allowed] of Object.entries(labels!)) {
      const value = sample.labels[label]!;
      const isAllowed = Array.isArray(allowed) ? closedValues(allowed).includes(value) : value !== '';
      expect({ sample, isAllowed }).toEqual({ sample, isAllowed: true });
    }
  }
  expectEveryRouteCounted(after);
  expectExactCounts(changesOf(before, after));
}, 180_000);

/** Every route of the API but those of the documentation was taken with success. */
function expectEveryRouteCounted(after: Scrape): void {
  const taken = new Set(
    after.samples
      .filter(
        ({ name, labels, value }) => name === 'tams_http_requests_total' && labels['status_code']! < '400' && value > 0,
      )
      .map(({ labels }) => `${labels['method']!} ${labels['endpoint']!}`),
  );
  const routes = tams.server.routes
    // Where nobody is asked who they are nobody needs a token to play.
    .filter(({ path }) => !/^\/(docs|playback\/)/.test(path) && !['*', '/console', '/favicon.ico'].includes(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(routes.length).toBeGreaterThan(90);
  const forgotten = routes.filter((route) => !taken.has(route));
  expect(forgotten.map((route) => `${route} never succeeds here; operations.ts sends the requests`)).toEqual([]);
}

function expectExactCounts(changed: (name: string) => Record<string, number>): void {
  const byMethodAndStatus = new Map<string, number>();
  for (const [labels, value] of Object.entries(changed('tams_http_requests_total'))) {
    const [method, , status] = labels.split(' ');
    const key = `${method === 'other' ? 'PROPFIND' : method!} ${status!}`;
    byMethodAndStatus.set(key, (byMethodAndStatus.get(key) ?? 0) + value);
  }
  // The last scrape shows all requests but itself.
  const sent = new Map(requests.counts);
  sent.set('GET 200', sent.get('GET 200')! - 1);
  expect(Object.fromEntries(byMethodAndStatus)).toEqual(Object.fromEntries(sent));
  expect(changed('tams_objects_total')).toEqual({ allocated: 9, uploaded: 2, registered: 6, expired: 3 });
}

it('docs/telemetry.md names every metric and label', () => {
  const document = readFileSync(resolve(__dirname, '../../docs/telemetry.md'), 'utf8');
  for (const { name, type, unit, labels, help } of declarations) {
    const row = document.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    expect({ name, row: row ?? 'missing' }).not.toEqual({ name, row: 'missing' });
    const cells = row!.split('|').map((cell) => cell.trim());
    expect(cells.slice(2, 4)).toEqual([type, unit]);
    expect(cells[5]).toBe(help);
    for (const [label, allowed] of Object.entries(labels)) {
      const words = closedValues(allowed).join(', ');
      expect(cells[4]).toContain(words ? `\`${label}\`: ${words}` : `\`${label}\`: `);
    }
  }
});
