import { execFileSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { videoFlow } from '../support/flow-fixtures';
import { createTestDatabase } from '../support/test-database';
import { freePort, poll } from './child';
import { goProgram } from './prometheus-process';
import { PATIENCE_MS, WatchedServer } from './watched-server';

/** Faults made by hand, looked at with the Prometheus of today, Debian's Alertmanager and the shipped rules. */
const program = goProgram('prometheus', 'test/stack/faults.stack.ts');
const withPrometheus = program === undefined ? test.skip : test;

const DISK_BYTES = 16_000_000;
/** Longer than the waits of a test take together when only one is in vain, so that this one is named. */
const LIMIT_MS = 900_000;

let disk: string;
let mounted = false;
let database: Pool;
let watched: WatchedServer;

beforeAll(async () => {
  if (program === undefined) return;
  disk = await mkdtemp(join(tmpdir(), 'tams-small-disk-'));
  mounted = mountSmallDisk();
  const url = await createTestDatabase();
  database = new Pool({ connectionString: url, max: 1 });
  watched = await WatchedServer.start(program, {
    DATABASE_URL: url,
    DATA_DIR: join(disk, 'data'),
    WEBHOOK_RETRY_FIRST_MILLISECONDS: '500',
  });
}, 600_000);
afterAll(async () => {
  if (program === undefined) return;
  await watched.stop();
  await database.end();
  if (mounted) execFileSync('umount', ['-l', disk]);
  await rm(disk, { recursive: true, force: true });
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

/** Uploads some bytes. @returns the status of the answer */
async function upload(flow: string): Promise<number> {
  const answer = await watched.tams.client.post<{ media_objects: { put_url: { url: string } }[] }>(
    `/flows/${flow}/storage`,
    {
      limit: 1,
    },
  );
  const { status } = await fetch(answer.body.media_objects[0]!.put_url.url, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp2t' },
    body: Buffer.alloc(1_000_000),
  });
  return status;
}

withPrometheus(
  'an idle server is green',
  async () => {
    await poll('every gauge to be read', PATIENCE_MS, async () => {
      const ages = await watched.prometheus.query('tams_gauges_refreshed_timestamp_seconds');
      return ages.length > 4 && ages.every(({ value }) => value > 0);
    });
    await watched.fires();
  },
  LIMIT_MS,
);

withPrometheus(
  'a stalled ingest, a dead webhook and a full disk are each told while they last, and end',
  async () => {
    const flow = { ...videoFlow(), status: 'ingesting' };
    expect((await watched.tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    await database.query(`UPDATE flows SET created = created - interval '5 minutes' WHERE id = $1`, [flow.id]);

    const nobody = await freePort();
    const webhook = await watched.tams.client.post<{ id: string }>('/service/webhooks', {
      url: `http://127.0.0.1:${nobody}/`,
      events: ['flows/updated'],
    });
    expect(webhook.status).toBe(201);
    await watched.tams.client.put(`/flows/${flow.id}/label`, 'heard of by nobody');
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
    await watched.fires('TamsIngestStalled', 'TamsWebhookEventsWaiting', ...ofDisk);

    if (mounted) await rm(filler);
    expect(
      (await watched.tams.client.put(`/flows/${flow.id}`, { ...flow, status: 'closed_complete' })).status,
    ).toBeLessThan(300);
    expect((await watched.tams.client.delete(`/service/webhooks/${webhook.body.id}`)).status).toBe(204);
    // What counts calls over five minutes remembers them for as long.
    await poll('the others to end', PATIENCE_MS, async () =>
      (await watched.firing()).every((name) => name === 'TamsStorageFailing'),
    );
    await watched.resolutionOf(['TamsIngestStalled', 'TamsWebhookEventsWaiting']);
  },
  LIMIT_MS,
);
