import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { fillDirectly, figures, type ReadDeletion, untilDone } from '../http/deletion-fixtures';
import { InstanceFixtures } from '../http/instance-fixtures';
import { eventually } from '../support/eventually';
import { startTestServer, type TestServer } from '../support/test-server';
import { openTestStorage, type TestStorage } from '../support/test-storage';
import { seconds, TestWorld } from '../support/test-world';

interface ListedJob {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly attempt: number;
  readonly progress?: { readonly about: string; readonly unit: string; readonly done: number; readonly total?: number };
  readonly when_stopped?: string;
  readonly stop?: { readonly by: string };
}

const SEGMENTS = 9_000;
/** Locks a Segment that the third batch of a deletion takes. */
const THIRD_BATCH = 'SELECT 1 FROM segments WHERE flow_id = $1 AND end_ns = 5000000000000 FOR UPDATE';

async function jobsOf(url: string, kind: string): Promise<ListedJob[]> {
  const answer = await fetch(`${url}/insight/now`);
  return ((await answer.json()) as { jobs: ListedJob[] }).jobs.filter((job) => job.kind === kind);
}

const stopJob = (url: string, id: string): Promise<Response> =>
  fetch(`${url}/insight/jobs/${id}/stop`, { method: 'POST' });

async function problemOf(answer: Response): Promise<[number, string]> {
  const { type } = (await answer.json()) as { type: string };
  return [answer.status, type.split(':').at(-1)!];
}

describe('the deletion of a large Flow', () => {
  let storage: TestStorage;
  /** Accepts and shows; the work is done by another replica. */
  let tams: TestWorld;
  let worker: TestServer | undefined;
  let other: Client;

  beforeAll(async () => {
    storage = await openTestStorage();
    tams = await TestWorld.start({ ...storage.environment, JOB_WORKERS: 'false' });
    other = new Client({ connectionString: tams.databaseUrl });
    await other.connect();
  });
  afterEach(async () => {
    await other.query('ROLLBACK');
    // What a worker leaves half settled would come again in the next test.
    if (worker) {
      await eventually(
        () => jobsOf(tams.url, 'flow-deletion'),
        (jobs) => jobs.length === 0,
      );
    }
    await worker?.stop();
    worker = undefined;
  });
  afterAll(async () => {
    await other.end();
    await tams.stop();
    await storage.remove();
  });

  const startWorker = async (): Promise<void> => {
    worker = await startTestServer({ ...storage.environment, DATABASE_URL: tams.databaseUrl });
  };
  const request = async (id: string): Promise<ReadDeletion & { error?: { summary: string } }> =>
    (await tams.client.get<ReadDeletion & { error?: { summary: string } }>(`/flow-delete-requests/${id}`)).body;

  /** A Flow whose deletion is accepted, and held up after its first batches for as long as the test holds the Flow's row. */
  async function deletionHeldUp(path: (flow: string) => string): Promise<{ flow: string; id: string }> {
    const flow = await tams.flow();
    await fillDirectly(tams.database, flow, SEGMENTS);
    const { body } = await tams.client.delete<ReadDeletion>(path(flow));
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM flows WHERE id = $1 FOR UPDATE', [flow]);
    return { flow, id: body.id };
  }

  /**
   * Asks for a deletion to stop that is held up in its first batch, and holds up the third until its worker has looked: it looks
   * once a second, and would be done before that.
   */
  async function stopHeldUp(flow: string, jobId: string): Promise<Response> {
    const answer = await stopJob(tams.url, jobId);
    expect((await jobsOf(tams.url, 'flow-deletion'))[0]!.stop).toMatchObject({ by: 'anonymous' });
    const third = new Client({ connectionString: tams.databaseUrl });
    await third.connect();
    await third.query('BEGIN');
    await third.query(THIRD_BATCH, [flow]);
    await other.query('ROLLBACK');
    await eventually(
      () => jobsOf(tams.url, 'flow-deletion'),
      ([job]) => job === undefined || (job.progress?.done ?? 0) > 0,
    );
    await third.end();
    return answer;
  }

  it('is stopped from another replica between two batches, and leaves a Flow as good as any', async () => {
    const { flow, id } = await deletionHeldUp((each) => `/flows/${each}`);
    await startWorker();
    const [job] = await eventually(
      () => jobsOf(tams.url, 'flow-deletion'),
      ([first]) => first?.state === 'running',
    );
    expect(job!.when_stopped).toContain('the Flow keeps the rest');
    expect((await stopHeldUp(flow, job!.id)).status).toBe(204);

    const stopped = await eventually(
      () => request(id),
      ({ status }) => status === 'error',
    );
    expect(stopped.error).toMatchObject({
      type: 'deletion-stopped',
      summary: expect.stringContaining('Stopped by anonymous') as string,
    });
    await eventually(
      () => jobsOf(tams.url, 'flow-deletion'),
      (jobs) => jobs.length === 0,
    );
    expect(await problemOf(await stopJob(tams.url, job!.id))).toEqual([404, 'job-not-found']);
    const { kept, counted } = await figures(tams.database, flow);
    expect(kept).toEqual(counted);
    expect((kept as number[])[0]).toBeGreaterThanOrEqual(SEGMENTS - 6_000);
    expect((await tams.client.put(`/flows/${flow}/label`, 'kept')).status).toBe(204);
    await tams.fill(flow, seconds(1));

    const again = await tams.client.delete<ReadDeletion>(`/flows/${flow}`);
    expect(again.status).toBe(202);
    await untilDone(tams.client, again.body.id);
    expect((await tams.client.get(`/flows/${flow}`)).status).toBe(404);
    expect((await request(id)).status).toBe('error');
  });

  it('lets the timerange be written again in which segments were being deleted', async () => {
    const { flow, id } = await deletionHeldUp((each) => `/flows/${each}/segments?timerange=[0:0_8500:0)`);
    await startWorker();
    const [job] = await eventually(
      () => jobsOf(tams.url, 'flow-deletion'),
      ([first]) => first?.progress !== undefined,
    );
    expect(job!.progress).toMatchObject({
      about: `Flow ${flow}, timerange [0:0_8500:0)`,
      unit: 'segments',
      done: 0,
      total: 8_500,
    });
    await stopHeldUp(flow, job!.id);
    await eventually(
      () => request(id),
      ({ status }) => status === 'error',
    );
    expect((await tams.client.delete(`/flows/${flow}/segments?timerange=[8000:0_8001:0)`)).status).toBe(204);
    await tams.fill(flow, ['[8000:0_8001:0)']);
  });

  it('is stopped before it begins, and forgotten when its time is over', async () => {
    const { flow, id } = await deletionHeldUp((each) => `/flows/${each}`);
    await other.query('ROLLBACK');
    const [job] = await jobsOf(tams.url, 'flow-deletion');
    expect(job).toMatchObject({ state: 'waiting', attempt: 1 });
    expect((await stopJob(tams.url, job!.id)).status).toBe(204);
    expect((await stopJob(tams.url, job!.id)).status).toBe(204);
    await startWorker();
    await eventually(
      () => request(id),
      ({ status }) => status === 'error',
    );
    const { kept } = await figures(tams.database, flow);
    expect((kept as number[])[0]).toBe(SEGMENTS);
    await tams.database.query(`UPDATE flow_delete_requests SET expiry = now() - interval '1 minute' WHERE id = $1`, [
      id,
    ]);
    expect((await tams.client.get(`/flow-delete-requests/${id}`)).status).toBe(404);
  });

  it('tells how many segments of how many are deleted', async () => {
    const { flow } = await deletionHeldUp((each) => `/flows/${each}`);
    await other.query('ROLLBACK');
    // The third batch is held up, not the first.
    await other.query('BEGIN');
    await other.query(THIRD_BATCH, [flow]);
    await startWorker();
    const [job] = await eventually(
      () => jobsOf(tams.url, 'flow-deletion'),
      ([first]) => first?.progress?.done === 4_000,
    );
    expect(job!.progress).toMatchObject({ about: `Flow ${flow}`, unit: 'segments', total: SEGMENTS });
    await other.query('ROLLBACK');
    await eventually(
      () => jobsOf(tams.url, 'flow-deletion'),
      (jobs) => jobs.length === 0,
    );
    expect((await tams.client.get(`/flows/${flow}`)).status).toBe(404);
  });

  it('is one of the kinds that can be stopped', async () => {
    const { rows } = await other.query<{ id: string }>(
      `INSERT INTO jobs.job (name, data, singleton_key, policy, start_after)
       VALUES ('flow-deletion-purge', '{"trace":{},"data":{}}', 'held', 'stately', now() + interval '1 hour') RETURNING id`,
    );
    expect(await problemOf(await stopJob(tams.url, rows[0]!.id))).toEqual([403, 'job-not-stoppable']);
    expect(await problemOf(await stopJob(tams.url, randomUUID()))).toEqual([404, 'job-not-found']);
    expect((await stopJob(tams.url, 'x')).status).toBe(404);
  });
});

describe('a copy', () => {
  let tams: InstanceFixtures;
  let source: Server;
  const open: ServerResponse[] = [];

  beforeAll(async () => {
    tams = await InstanceFixtures.start({ COPY_SOURCE_ALLOWED_HOSTS: '127.0.0.1' });
    source = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '2000', 'content-type': 'video/mp2t' });
      response.write(Buffer.alloc(1500, 1));
      open.push(response);
    });
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const response of open) response.destroy();
    await new Promise((resolve) => source.close(resolve));
    await tams.stop();
  });

  it('tells how many bytes there are, and leaves nothing behind when it is stopped', async () => {
    const object = `external-${randomUUID()}`;
    const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/one.ts`;
    const segment = { object_id: object, timerange: '[0:0_1:0)', get_urls: [{ url, label: 'origin' }] };
    expect((await tams.client.post(`/flows/${await tams.flow()}/segments`, segment)).status).toBe(201);
    await tams.add(object, { storage_id: tams.second });
    const [job] = await eventually(
      () => jobsOf(tams.url, 'object-instance'),
      ([first]) => first?.progress?.done === 1500,
    );
    expect(job!.progress).toMatchObject({
      about: `object ${object} to storage backend second`,
      unit: 'bytes',
      total: 2000,
    });
    expect((await stopJob(tams.url, job!.id)).status).toBe(204);
    await eventually(
      () => tams.rows(object),
      (rows) => rows.length === 1,
    );
    expect((await tams.rows(object))[0]).toMatchObject({ label: 'origin', state: 'ready' });
    expect(await jobsOf(tams.url, 'object-instance')).toEqual([]);
  });
});
