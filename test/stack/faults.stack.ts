import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { BreakableLink } from '../support/breakable-link';
import { videoFlow } from '../support/flow-fixtures';
import { BreakablePostgres } from '../faults/support/breakable-postgres';
import { startTestServer, type TestServer } from '../support/test-server';
import { alertmanagerSettings } from './alertmanager-process';
import { type Child, freePort, poll, startChild } from './child';
import type { PrometheusClient } from './prometheus-client';
import { goProgram, startPrometheus } from './prometheus-process';
import { Receiver } from './receivers';

/** Faults made by hand, looked at with the Prometheus of today, Debian's Alertmanager and the shipped rules. */
const program = goProgram('prometheus', 'test/stack/faults.stack.ts');
const withPrometheus = program === undefined ? test.skip : test;

/** Alerts that depend on how busy this machine is with other things, and the one that always fires. */
const unrelated = /^Tams(Watchdog|Host.+|Disk.+|Slow.+|EventLoopBlocked|MetadataStoreSlow|StorageSlow)$/;
const DISK_BYTES = 16_000_000;
/** A fault shows within a refresh of gauges, a scrape and the wait of its alert; the machine may be slow. */
const PATIENCE_MS = 360_000;

let directory: string;
let disk: string;
let mounted = false;
let link: BreakableLink;
let postgres: BreakablePostgres;
let database: Pool;
let tams: TestServer;
let receiver: Receiver;
const children: Child[] = [];
let prometheus: PrometheusClient;

beforeAll(async () => {
  if (program === undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'tams-seen-faults-'));
  disk = join(directory, 'disk');
  mkdirSync(disk);
  mounted = mountSmallDisk();
  postgres = await BreakablePostgres.start();
  link = await BreakableLink.to(postgres.url);
  database = new Pool({ connectionString: postgres.url, max: 1 });
  tams = await startTestServer({
    DATABASE_URL: link.url,
    DATA_DIR: join(disk, 'data'),
    WEBHOOK_RETRY_FIRST_MILLISECONDS: '500',
  });
  receiver = await Receiver.start();
  const { address, settings } = await alertmanagerSettings(directory, receiver.url);
  children.push(await startChild(settings));
  const started = await startPrometheus(program, directory, { server: new URL(tams.url).host, alertmanager: address });
  prometheus = started.client;
  children.push(started.child);
}, 600_000);
afterAll(async () => {
  if (program === undefined) return;
  for (const child of children.toReversed()) await child.stop();
  await tams.stop();
  await Promise.all([link.stop(), database.end(), receiver.stop()]);
  await postgres.stop();
  if (mounted) execFileSync('umount', ['-l', disk]);
  await rm(directory, { recursive: true, force: true });
});

function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('A tmpfs cannot be mounted here: the fault of a full disk is left out.');
    return false;
  }
}

/** Names of the alerts that fire, those that have nothing to do with the test left out. */
async function firing(): Promise<string[]> {
  const found = await prometheus.query('count by (alertname) (ALERTS{alertstate="firing"})');
  return found
    .map(({ metric }) => metric['alertname'] ?? '')
    .filter((name) => !unrelated.test(name))
    .toSorted();
}

async function fires(...names: readonly string[]): Promise<void> {
  let last: string[] = [];
  await poll(`exactly ${names.join(', ')} to fire`, PATIENCE_MS, async () => {
    last = await firing();
    return last.join() === [...names].toSorted().join();
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message} Firing were: ${last.join(', ') || 'none'}`, { cause: error });
  });
}

/** Waits until somebody who was called has heard that it is over. */
async function resolutionOf(...names: readonly string[]): Promise<void> {
  await poll(`the resolution of ${names.join(', ')} to be sent`, PATIENCE_MS, () => {
    const sent = receiver.notifications().flatMap(({ alerts }) => alerts);
    const told = (name: string, status: string) =>
      sent.some((alert) => alert.labels['alertname'] === name && alert.status === status);
    return Promise.resolve(names.every((name) => told(name, 'firing') && told(name, 'resolved')));
  });
}

/** Uploads some bytes. @returns the status of the answer */
async function upload(flow: string): Promise<number> {
  const answer = await tams.client.post<{ media_objects: { put_url: { url: string } }[] }>(`/flows/${flow}/storage`, {
    limit: 1,
  });
  const { status } = await fetch(answer.body.media_objects[0]!.put_url.url, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp2t' },
    body: Buffer.alloc(1_000_000),
  });
  return status;
}

withPrometheus('an idle server is green', async () => {
  await poll('every gauge to be read', PATIENCE_MS, async () => {
    const ages = await prometheus.query('tams_gauges_refreshed_timestamp_seconds');
    return ages.length > 4 && ages.every(({ value }) => value > 0);
  });
  await fires();
});

withPrometheus(
  'a stalled ingest, a dead webhook and a full disk are each told while they last, and end',
  async () => {
    const flow = { ...videoFlow(), status: 'ingesting' };
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    await database.query(`UPDATE flows SET created = created - interval '5 minutes' WHERE id = $1`, [flow.id]);

    const nobody = await freePort();
    const webhook = await tams.client.post<{ id: string }>('/service/webhooks', {
      url: `http://127.0.0.1:${nobody}/`,
      events: ['flows/updated'],
    });
    expect(webhook.status).toBe(201);
    await tams.client.put(`/flows/${flow.id}/label`, 'heard of by nobody');
    await poll('the event', PATIENCE_MS, async () => {
      const owed = await database.query(
        `UPDATE outbox_events SET occurred = occurred - interval '1 hour' RETURNING id`,
      );
      return (owed.rowCount ?? 0) > 0;
    });

    const filler = join(disk, 'filler');
    if (mounted) {
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 200_000));
      for (let time = 0; time < 4; time += 1) expect(await upload(flow.id)).toBe(503);
    }
    const ofDisk = mounted ? ['TamsStorageFailing', 'TamsDataDirectoryAlmostFull'] : [];
    await fires('TamsIngestStalled', 'TamsWebhookEventsWaiting', ...ofDisk);

    if (mounted) await rm(filler);
    expect((await tams.client.put(`/flows/${flow.id}`, { ...flow, status: 'closed_complete' })).status).toBeLessThan(
      300,
    );
    expect((await tams.client.delete(`/service/webhooks/${webhook.body.id}`)).status).toBe(204);
    // What counts calls over five minutes remembers them for as long.
    await poll('the others to end', PATIENCE_MS, async () =>
      (await firing()).every((name) => name === 'TamsStorageFailing'),
    );
    await resolutionOf('TamsIngestStalled', 'TamsWebhookEventsWaiting');
  },
  600_000,
);

withPrometheus(
  'PostgreSQL that is away pages, and the gauges are true soon after it is back',
  async () => {
    link.cut();
    await poll('the page', PATIENCE_MS, async () => (await firing()).includes('TamsMetadataStoreFailing'));
    const health = (await (await fetch(`${tams.url}/health`)).json()) as {
      checks: Record<string, { message: string }>;
    };
    expect(health.checks['database']?.message).toMatch(/ECONN|terminated|closed|timeout/i);
    // Nothing claims to be fresh that is not.
    const age = 'min(time() - tams_gauges_refreshed_timestamp_seconds{source!="disk"})';
    await poll('the gauges to be old', PATIENCE_MS, async () => ((await prometheus.query(age))[0]?.value ?? 0) > 15);
    link.mend();
    await poll('every gauge to be fresh again', PATIENCE_MS, async () => {
      const oldest = 'max(time() - tams_gauges_refreshed_timestamp_seconds)';
      return ((await prometheus.query(oldest))[0]?.value ?? Number.POSITIVE_INFINITY) < 15;
    });
    await poll('the page to end', PATIENCE_MS, async () => !(await firing()).includes('TamsMetadataStoreFailing'));
    await resolutionOf('TamsMetadataStoreFailing');
  },
  600_000,
);

withPrometheus(
  'PostgreSQL that hangs, its connections open, pages while it does, calls nothing else sick, and the page ends',
  async () => {
    // What is over is told for some minutes more.
    await fires();
    const before = receiver.notifications().length;
    postgres.pause();
    const waiting = new AbortController();
    const client = keepAsking(waiting.signal);
    const seen = new Set<string>();
    await poll('the page', PATIENCE_MS, async () => {
      for (const name of await firing()) seen.add(name);
      return seen.has('TamsMetadataStoreFailing');
    });
    expect((await fetch(`${tams.url}/livez`)).status).toBe(200);
    expect((await fetch(`${tams.url}/readyz`)).status).toBe(503);
    postgres.resume();
    await poll('the page to end', PATIENCE_MS, async () => {
      for (const name of await firing()) seen.add(name);
      return !(await firing()).includes('TamsMetadataStoreFailing');
    });
    waiting.abort();
    await client;
    // What hangs is a consequence of the same cause, and true.
    const consequences = new Set([
      'TamsMetadataStoreFailing',
      'TamsRequestsHanging',
      'TamsGaugesStale',
      'TamsMetadataStoreConnectionsExhausted',
      'TamsHighErrorRateFastBurn',
    ]);
    expect([...seen].filter((name) => !consequences.has(name))).toEqual([]);
    await poll('the page and its end at the webhook', PATIENCE_MS, () => {
      const sent = receiver
        .notifications()
        .slice(before)
        .flatMap(({ alerts }) => alerts);
      const statuses = sent.filter(({ labels }) => labels['alertname'] === 'TamsMetadataStoreFailing');
      return Promise.resolve(
        ['firing', 'resolved'].every((status) => statuses.some((alert) => alert.status === status)),
      );
    });
    expect((await tams.client.get('/flows')).status).toBe(200);
  },
  900_000,
);

/** A client that goes on asking, one request after the other, whatever it is answered. */
async function keepAsking(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await fetch(`${tams.url}/flows`, { signal })
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
  }
}
