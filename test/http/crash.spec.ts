import { Pool } from 'pg';
import { eventually, type Patience } from '../support/eventually';
import type { TamsClient } from '../contract/tams-client';
import { ServerProcess } from '../support/server-process';
import { createTestDatabase } from '../support/test-database';
import { openTestStorage, type TestStorage } from '../support/test-storage';
import { allocateObjects, createFlow } from '../support/store-builders';
import { figures, fillDirectly, type ReadDeletion, silence, untilDone } from './deletion-fixtures';
import type { ReadSegment } from '../support/test-world';

/**
 * Long enough for a server to start and to finish what another began, on a busy machine; longer than any wait for one step, so
 * that a step that is not reached is named.
 */
const RECOVERY_MILLISECONDS = 300_000;
/** How long any other step may take. */
const STEP: Patience = { atMost: 120_000 };
/** What a store refuses once, of which a busy one may refuse some, the collector tries again after a minute. */
const collected = (what: string): Patience => ({ what, every: 100, atMost: 240_000 });

let storage: TestStorage;
let database: Pool;
let environment: Record<string, string>;
let server: ServerProcess;

beforeAll(async () => {
  storage = await openTestStorage();
  environment = {
    ...storage.environment,
    DATABASE_URL: await createTestDatabase(),
    JOB_HEARTBEAT_SECONDS: '10',
    OBJECT_COLLECTION_INTERVAL_SECONDS: '1',
    UNREFERENCED_OBJECT_GRACE_SECONDS: '0',
  };
  database = new Pool({ connectionString: environment['DATABASE_URL'], max: 2 });
  server = await ServerProcess.start(environment);
}, RECOVERY_MILLISECONDS);
afterAll(async () => {
  await server.kill();
  await database.end();
  await storage.remove();
});

/** Kills the server, lets the time pass in which its jobs count as alive, and starts another. */
async function restart(): Promise<TamsClient> {
  await server.kill();
  await silence(database);
  server = await ServerProcess.start(environment);
  return server.client;
}

/** Allocates and uploads objects. @returns their ids */
async function uploaded(flowId: string, count: number): Promise<string[]> {
  const objects = await allocateObjects(server.client, flowId, { limit: count });
  const waiting = objects.values();
  const lane = async (): Promise<void> => {
    for (const { object_id: id, put_url: put } of waiting) {
      const headers = { 'content-type': put['content-type'] };
      expect((await fetch(put.url, { method: 'PUT', headers, body: `bytes of ${id}` })).status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return objects.map((object) => object.object_id);
}

const segmentAt = (second: number, objectId: string, from = second) => ({
  object_id: objectId,
  timerange: `[${second}:0_${second + 1}:0)`,
  ts_offset: `${second - from}:0`,
});

/** Registers objects one by one, until told to stop or the server is gone. @returns those that were acknowledged, as they come */
function registerOneByOne(
  flowId: string,
  objectIds: readonly string[],
): { acknowledged: string[]; ended: Promise<void> } {
  const acknowledged: string[] = [];
  const write = async (): Promise<void> => {
    for (const [second, id] of objectIds.entries()) {
      const { status } = await server.client.post(`/flows/${flowId}/segments`, segmentAt(second, id));
      expect(status).toBe(201);
      acknowledged.push(id);
    }
  };
  return { acknowledged, ended: write().catch(() => undefined) };
}

/** Reads every segment of a Flow and its bytes. @returns object ids in time order */
async function playable(client: TamsClient, flowId: string): Promise<string[]> {
  const { body } = await client.get<ReadSegment[]>(`/flows/${flowId}/segments`, { query: { limit: 1000 } });
  for (const {
    object_id: id,
    get_urls: [url],
  } of body)
    expect(await (await fetch(url!.url)).text()).toBe(`bytes of ${id}`);
  return body.map((segment) => segment.object_id);
}

/**
 * Has the collector stand still where it has removed the bytes of a batch that holds one of these objects, and not yet their
 * rows. Give it more objects than a batch has, so that it never comes to an end. @returns how to let it go on
 */
async function holdCollector(objectIds: readonly string[]): Promise<() => Promise<void>> {
  const holder = await database.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM object_instances WHERE object_id = ANY($1) FOR UPDATE', [objectIds]);
  return async () => {
    await holder.query('ROLLBACK');
    holder.release();
  };
}

async function collectorIsHeld(): Promise<boolean> {
  const { rowCount } = await database.query(
    `SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM objects%'`,
  );
  return rowCount === 1;
}

it(
  'goes on with a deletion its process was killed in, and loses nothing that was acknowledged',
  async () => {
    const before = await storage.count();
    const [doomed, kept] = [await createFlow(server.client), await createFlow(server.client)];
    const objects = await uploaded(kept, 60);
    const shared = objects.slice(0, 10);
    const segments = shared.map((id, second) => segmentAt(second, id));
    expect((await server.client.post(`/flows/${kept}/segments`, segments)).status).toBe(201);
    await fillDirectly(database, doomed, 20_000);
    const reuse = shared.map((id, index) => segmentAt(30_000 + index, id, index));
    expect((await server.client.post(`/flows/${doomed}/segments`, reuse)).status).toBe(201);

    const other = await createFlow(server.client);
    const own = await uploaded(other, 100);
    const writer = registerOneByOne(other, own);
    const { body: request } = await server.client.delete<ReadDeletion>(`/flows/${doomed}`);
    const state = async () =>
      (
        await database.query<ReadDeletion>(
          'SELECT status, remaining AS timerange_remaining FROM flow_delete_requests WHERE flow_id = $1',
          [doomed],
        )
      ).rows[0]!;
    await eventually(state, ({ status }) => status === 'started', {
      ...STEP,
      what: 'the deletion has begun',
      every: 5,
    });
    await server.kill();
    await writer.ended;
    const broken = await state();
    expect(broken.status).toBe('started');
    expect(broken.timerange_remaining).not.toBe('[0:0_30010:0)');
    const { kept: said, counted } = await figures(database, doomed);
    expect(said).toEqual(counted);

    const client = await restart();
    expect(await untilDone(client, request.id, { ...STEP, what: 'the deletion is done' })).toMatchObject({
      status: 'done',
      timerange_remaining: '()',
    });
    expect((await client.get(`/flows/${doomed}`)).status).toBe(404);
    expect(await playable(client, kept)).toEqual(shared);
    expect(writer.acknowledged.length).toBeGreaterThan(0);
    // The last registration may have been kept although its answer was lost.
    const found = await playable(client, other);
    expect(found.slice(0, writer.acknowledged.length)).toEqual(writer.acknowledged);
    expect(found.length - writer.acknowledged.length).toBeLessThanOrEqual(1);
    // Everything that should go goes, rows and bytes, once its time has come.
    await database.query(`UPDATE objects SET allocated = now() - interval '1 hour'`);
    const left = async () => (await database.query('SELECT 1 FROM objects WHERE id LIKE $1', [`${doomed}-%`])).rowCount;
    await eventually(left, (count) => count === 0, collected('the rows to be gone'));
    await eventually(
      () => storage.count(),
      (count) => count === before + shared.length + found.length,
      collected('the bytes to be gone'),
    );
    expect(await playable(client, kept)).toEqual(shared);
    expect(await playable(client, other)).toEqual(found);
  },
  RECOVERY_MILLISECONDS,
);

it(
  'goes on with a collection its process was killed in, and frees nothing that a segment uses',
  async () => {
    const before = await storage.count();
    const stored = async () => (await storage.count()) - before;
    const flow = await createFlow(server.client);
    const objects = await uploaded(flow, 300);
    const used = objects.slice(0, 20);
    const segments = used.map((id, second) => segmentAt(second, id));
    expect((await server.client.post(`/flows/${flow}/segments`, segments)).status).toBe(201);
    expect(await stored()).toBe(300);
    const letGo = await holdCollector(objects.slice(20).filter((_id, index) => index % 10 === 0));
    await database.query(`UPDATE objects SET allocated = now() - interval '1 hour'`);
    await eventually(collectorIsHeld, (held) => held, { ...STEP, what: 'the collector to be held' });
    await server.kill();
    const interrupted = await stored();
    expect(interrupted).toBeLessThan(300);
    expect(interrupted).toBeGreaterThan(20);
    // No byte without a row that keeps track of it; those of the batch it died in have rows and no bytes.
    const rows = async () =>
      (await database.query('SELECT 1 FROM objects WHERE allocated_for_flow = $1', [flow])).rowCount;
    expect(await rows()).toBeGreaterThan(interrupted);
    await letGo();

    const client = await restart();
    await eventually(stored, (count) => count === 20, collected('the bytes to be gone'));
    await eventually(rows, (count) => count === 20, collected('the rows to be gone'));
    expect(await playable(client, flow)).toEqual(used);
  },
  RECOVERY_MILLISECONDS,
);
