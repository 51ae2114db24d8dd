import { request } from 'node:http';
import { Pool } from 'pg';
import { eventually } from '../support/eventually';
import type { TamsResponse } from '../contract/tams-client';
import { runProgram } from '../support/command-process';
import { startTestServer, type TestServer } from '../support/test-server';
import { openTestStorage, type TestStorage } from '../support/test-storage';
import { allocateObjects, type AllocatedObject, createFlow } from '../support/store-builders';
import { codeOf, type Problem, type ReadSegment } from '../support/test-world';

let storage: TestStorage;
let tams: TestServer;
let database: Pool;

beforeAll(async () => {
  storage = await openTestStorage();
  tams = await startTestServer({
    ...storage.environment,
    OBJECT_COLLECTION_INTERVAL_SECONDS: '1',
    UNREFERENCED_OBJECT_GRACE_SECONDS: '0',
  });
  database = new Pool({ connectionString: tams.databaseUrl, max: 2 });
});
afterAll(async () => {
  await database.end();
  await tams.stop();
  await storage.remove();
});

async function upload({ object_id: id, put_url: put }: AllocatedObject): Promise<void> {
  const headers = { 'content-type': put['content-type'] };
  expect((await fetch(put.url, { method: 'PUT', headers, body: `bytes of ${id}` })).status).toBe(200);
}

/** An upload that comes after the end of its object. On S3 the URL has ended by then (media.spec.ts), which `age` cannot show. */
async function refusesUpload({ put_url: put }: AllocatedObject): Promise<void> {
  if (storage.kind === 's3') return;
  const headers = { 'content-type': put['content-type'] };
  expect((await fetch(put.url, { method: 'PUT', headers, body: 'late' })).status).toBe(404);
}

/** Allocates and uploads objects. */
async function uploaded(flowId: string, count: number): Promise<AllocatedObject[]> {
  const objects = await allocateObjects(tams.client, flowId, { limit: count });
  for (const object of objects) await upload(object);
  return objects;
}

function register<Body = Problem>(
  flowId: string,
  objectId: string,
  second: number,
  more: object = {},
): Promise<TamsResponse<Body>> {
  const timerange = `[${second}:0_${second + 1}:0)`;
  return tams.client.post<Body>(`/flows/${flowId}/segments`, { object_id: objectId, timerange, ...more });
}

/** Lets time pass for objects, as far as the collector knows. */
async function age(objectIds: readonly string[], seconds: number): Promise<void> {
  await database.query(`UPDATE objects SET allocated = allocated - make_interval(secs => $2) WHERE id = ANY($1)`, [
    objectIds,
    seconds,
  ]);
}

const PAST = 3600;

async function rowsOf(objectIds: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>('SELECT id FROM objects WHERE id = ANY($1)', [objectIds]);
  return rows.map((row) => row.id);
}

/** Has what the index does not know removed, as an operator would, until an object is gone. */
async function repairUntilGone(objectId: string): Promise<void> {
  const options = ['--fix', '--minimum-age', '1'];
  const environment = { ...storage.environment, DATABASE_URL: tams.databaseUrl };
  await eventually(
    async () => {
      const isThere = await storage.has(objectId);
      if (isThere)
        expect(await runProgram('apps/tams-api/src/reconcile.ts', options, environment)).toMatchObject({ code: 0 });
      return isThere;
    },
    (isThere) => !isThere,
    { what: 'the repair has removed the object', every: 50 },
  );
}

/** Waits until the collector has removed the rows, which it does last. */
async function collected(objectIds: readonly string[]): Promise<void> {
  await eventually(
    () => rowsOf(objectIds),
    (left) => left.length === 0,
  );
}

const idsOf = (objects: readonly AllocatedObject[]): string[] => objects.map((object) => object.object_id);

describe('an object that is never registered', () => {
  it('goes with its bytes after min_object_timeout and some grace, and not before', async () => {
    const flow = await createFlow(tams.client);
    const [fresh, nearly, expired, empty] = await allocateObjects(tams.client, flow, { limit: 4 });
    for (const object of [fresh!, nearly!, expired!]) await upload(object);
    await age([nearly!.object_id], 640);
    await age([expired!.object_id, empty!.object_id], 661);
    await collected([expired!.object_id, empty!.object_id]);
    expect(await storage.has(expired!.object_id)).toBe(false);
    for (const object of [fresh!, nearly!]) {
      expect(await storage.has(object.object_id)).toBe(true);
      expect(await rowsOf([object.object_id])).toHaveLength(1);
    }
    const late = await register(flow, expired!.object_id, 0);
    expect([late.status, codeOf(late)]).toEqual([400, 'object-unknown']);
    expect((await register(flow, nearly!.object_id, 0)).status).toBe(201);
    await refusesUpload(expired!);
    expect(await storage.has(expired!.object_id)).toBe(false);
  });

  it('leaves its identifier free for a new one', async () => {
    const flow = await createFlow(tams.client);
    const object_ids = ['news/0001.ts'];
    const [first] = await allocateObjects(tams.client, flow, { object_ids });
    await upload(first!);
    await age(object_ids, PAST);
    await collected(object_ids);
    const [second] = await allocateObjects(tams.client, flow, { object_ids });
    await upload(second!);
    expect((await register(flow, 'news/0001.ts', 0)).status).toBe(201);
    const { body } = await tams.client.get<ReadSegment[]>(`/flows/${flow}/segments`);
    expect(await (await fetch(body[0]!.get_urls[0]!.url)).text()).toBe('bytes of news/0001.ts');
  });

  it('is refused once it is claimed, whether as media, as initialisation object or for its upload', async () => {
    const flow = await createFlow(tams.client);
    const mp4 = await createFlow(tams.client, {
      container: 'video/mp4',
      essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 2, frame_height: 2, init_segments: true },
    });
    const [object] = await uploaded(flow, 1);
    const [media, init] = await uploaded(mp4, 2);
    // Claimed by a collector that died before it freed anything; its turn comes again later.
    const claimed = [object!.object_id, init!.object_id];
    await database.query(`UPDATE objects SET collect_at = now() + interval '1 hour' WHERE id = ANY($1)`, [claimed]);
    const refusals = [
      await register(flow, object!.object_id, 0),
      await register(flow, object!.object_id, 0, { get_urls: [{ label: 'copy', url: 'https://example.com/copy' }] }),
      await register(mp4, media!.object_id, 0, { init_object_id: init!.object_id }),
    ];
    expect(refusals.map((refusal) => [refusal.status, codeOf(refusal)])).toEqual(
      refusals.map(() => [400, 'object-expired']),
    );
    await refusesUpload(object!);
    await database.query(`UPDATE objects SET collect_at = now() WHERE id = ANY($1)`, [claimed]);
    await collected(claimed);
    for (const id of claimed) expect(await storage.has(id)).toBe(false);
  });

  it('is not brought back by an upload that was on its way', async () => {
    const flow = await createFlow(tams.client);
    const [object] = await allocateObjects(tams.client, flow);
    const put = request(object!.put_url.url, {
      method: 'PUT',
      headers: { 'content-type': object!.put_url['content-type'], 'content-length': 10 },
    });
    const status = new Promise<number | undefined>((resolve, reject) => {
      put.once('error', reject).once('response', (response) => {
        resolve(response.resume().statusCode);
      });
    });
    put.write('first');
    // The embedded store has begun to receive it; S3 does not tell.
    if (storage.kind === 'filesystem') {
      await eventually(
        () => storage.unfinished(),
        (uploads) => uploads === 1,
      );
    }
    await age([object!.object_id], PAST);
    await collected([object!.object_id]);
    put.end('later');
    // S3 knows nothing of it and takes what it has begun to take: an orphan, which nobody can register.
    expect(await status).toBe(storage.kind === 'filesystem' ? 404 : 200);
    expect((await register(flow, object!.object_id, 0)).status).toBe(400);
    if (storage.kind === 's3') await repairUntilGone(object!.object_id);
    expect(await storage.has(object!.object_id)).toBe(false);
    await eventually(
      () => storage.unfinished(),
      (uploads) => uploads === 0,
    );
  });
});

describe('a registered object', () => {
  it('goes with its bytes after its last segment, and stays before', async () => {
    const [one, other] = [await createFlow(tams.client), await createFlow(tams.client)];
    const [shared, single] = await uploaded(one, 2);
    await register(one, shared!.object_id, 0);
    await register(one, single!.object_id, 1);
    await register(other, shared!.object_id, 0);
    await age([shared!.object_id, single!.object_id], PAST);
    await tams.client.delete(`/flows/${one}`);
    await collected([single!.object_id]);
    expect(await storage.has(single!.object_id)).toBe(false);
    const { body } = await tams.client.get<ReadSegment[]>(`/flows/${other}/segments`);
    expect((await fetch(body[0]!.get_urls[0]!.url)).status).toBe(200);
    await tams.client.delete(`/flows/${other}`);
    await collected([shared!.object_id]);
    expect(await storage.has(shared!.object_id)).toBe(false);
  });

  it('stays while its upload URL may still be valid', async () => {
    const flow = await createFlow(tams.client);
    const [young, old] = await uploaded(flow, 2);
    await register(flow, young!.object_id, 0);
    await register(flow, old!.object_id, 1);
    await age([old!.object_id], PAST);
    await tams.client.delete(`/flows/${flow}/segments`);
    await collected([old!.object_id]);
    expect(await rowsOf([young!.object_id])).toHaveLength(1);
    expect(await storage.has(young!.object_id)).toBe(true);
  });

  it('takes its initialisation object along when no other needs it', async () => {
    const flow = await createFlow(tams.client, {
      container: 'video/mp4',
      essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 2, frame_height: 2, init_segments: true },
    });
    const [init, one, other] = await uploaded(flow, 3);
    const ids = idsOf([init!, one!, other!]);
    await register(flow, one!.object_id, 0, { init_object_id: init!.object_id });
    await register(flow, other!.object_id, 1, { init_object_id: init!.object_id });
    await age(ids, PAST);
    await tams.client.delete(`/flows/${flow}/segments`, { query: { timerange: '[0:0_1:0)' } });
    await collected([one!.object_id]);
    expect(await storage.has(init!.object_id)).toBe(true);
    await tams.client.delete(`/flows/${flow}/segments`);
    await collected(ids);
    for (const id of ids) expect(await storage.has(id)).toBe(false);
  });

  it('is kept track of until its backend has confirmed that the bytes are gone', async () => {
    const flow = await createFlow(tams.client);
    const [object] = await uploaded(flow, 1);
    const id = object!.object_id;
    await storage.cut();
    await age([id], PAST);
    const postponed = async () =>
      (await database.query('SELECT 1 FROM objects WHERE id = $1 AND collect_at > now()', [id])).rowCount;
    await eventually(postponed, (count) => count === 1);
    await storage.mend();
    expect(await storage.has(id)).toBe(true);
    await database.query('UPDATE objects SET collect_at = now() WHERE id = $1', [id]);
    await collected([id]);
    expect(await storage.has(id)).toBe(false);
  });
});

it('either registers an object and keeps its bytes, or refuses it and frees them, when both come at the same moment', async () => {
  const flow = await createFlow(tams.client);
  const objects = await uploaded(flow, 50);
  await age(idsOf(objects), PAST);
  // In lanes, so that registrations arrive before, while and after the collector comes by.
  const answers = new Map<string, number>();
  const waiting = objects.entries();
  const lane = async (): Promise<void> => {
    for (const [second, { object_id: id }] of waiting) answers.set(id, (await register(flow, id, second)).status);
  };
  await Promise.all([lane(), lane(), lane()]);
  const withStatus = (status: number): string[] => idsOf(objects).filter((id) => answers.get(id) === status);
  const [kept, refused] = [withStatus(201), withStatus(400)];
  expect(kept.length + refused.length).toBe(50);
  await collected(refused);
  for (const id of refused) expect(await storage.has(id)).toBe(false);
  for (const id of kept) expect(await storage.has(id)).toBe(true);
  const { body } = await tams.client.get<ReadSegment[]>(`/flows/${flow}/segments`);
  expect(body.map((segment) => segment.object_id).sort()).toEqual(kept.sort());
  for (const segment of body) expect((await fetch(segment.get_urls[0]!.url)).status).toBe(200);
});
