import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually';
import { ServerProcess } from '../support/server-process';
import { openTestStorage, storageKind, type TestStorage } from '../support/test-storage';
import { silence } from './deletion-fixtures';
import { InstanceFixtures, sha256 } from './instance-fixtures';

/** Long enough for a server to start and to finish what another began, on a busy machine. */
const RECOVERY_MILLISECONDS = 300_000;
/** Longest one step may take: shorter than a test may, so that the step is named. */
const STEP_MILLISECONDS = 100_000;

/** Half of this arrives at once, and fills a part of a multi-part upload; the rest when the test says so. */
const media = randomBytes(40 * 1024 * 1024);
const HALF = media.length / 2;

let storage: TestStorage;
/** The backend copied to. */
let target: string;
let tams: InstanceFixtures;
let worker: ServerProcess;
let source: Server;
/** Those of the test that runs. */
let requests: ServerResponse[];
let storedBefore: number;
let unfinishedBefore: number;

beforeAll(async () => {
  storage = await openTestStorage();
  target = randomUUID();
  // This server only takes requests; jobs are worked on by a process that can be killed.
  tams = await InstanceFixtures.start({ JOB_WORKERS: 'false' }, [{ ...storage.settings, id: target, label: 'target' }]);
  worker = await startWorker();
  source = createServer((_request, response) => {
    requests.push(response);
    response.writeHead(200, { 'content-length': String(media.length) }).write(media.subarray(0, HALF));
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
}, RECOVERY_MILLISECONDS);
beforeEach(async () => {
  requests = [];
  [storedBefore, unfinishedBefore] = [await storage.count(), await storage.unfinished()];
});
afterAll(async () => {
  await worker.kill();
  source.closeAllConnections();
  source.close();
  await tams.stop();
  await storage.remove();
}, RECOVERY_MILLISECONDS);

function startWorker(): Promise<ServerProcess> {
  const settings = { JOB_HEARTBEAT_SECONDS: '10', COPY_SOURCE_ALLOWED_HOSTS: '127.0.0.1' };
  return ServerProcess.start({ ...tams.environment, ...settings });
}

/** Kills the worker, lets the time pass in which its jobs count as alive, and starts another. */
async function restart(): Promise<void> {
  await worker.kill();
  await silence(tams.database);
  worker = await startWorker();
}

/** Begins to copy an object from the slow source. @returns its id, once half of it is on its way */
async function copyHalfDone(): Promise<string> {
  const object = `external-${randomUUID()}`;
  const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/`;
  const segment = { object_id: object, timerange: '[0:0_1:0)', get_urls: [{ url, label: 'origin' }] };
  expect((await tams.client.post(`/flows/${await tams.flow()}/segments`, segment)).status).toBe(201);
  expect((await tams.add(object, { storage_id: target })).status).toBe(201);
  await eventually(
    () => storage.unfinished(),
    (uploads) => uploads === unfinishedBefore + 1,
    { what: 'the copy is on its way', atMost: STEP_MILLISECONDS },
  );
  return object;
}

it(
  'starts a copy again whose process was killed, and advertises nothing before it is whole',
  async () => {
    const object = await copyHalfDone();
    await worker.kill();
    expect((await tams.rows(object)).map(({ state }) => state)).toEqual(['ready', 'copying']);
    expect(await tams.places(object)).toEqual(['origin']);

    await restart();
    await eventually(
      () => Promise.resolve(requests.length),
      (count) => count === 2,
      { what: 'the copy was begun again', atMost: STEP_MILLISECONDS },
    );
    expect(await tams.places(object)).toEqual(['origin']);
    requests[1]?.end(media.subarray(HALF));
    const rows = await tams.settled(object, { what: 'the copy has ended', atMost: STEP_MILLISECONDS });
    expect(rows.at(-1)).toMatchObject({ state: 'ready', size_bytes: String(media.length), sha256: sha256(media) });
    expect((await tams.bytes(object, target)).equals(media)).toBe(true);
    expect(await storage.count()).toBe(storedBefore + 1);
    // What the killed attempt left nobody takes for an object. S3 keeps it until the daily reconciliation ends it.
    expect(await storage.unfinished()).toBe(storageKind === 's3' ? unfinishedBefore + 1 : 0);
  },
  RECOVERY_MILLISECONDS,
);

it(
  'ends a deleted copy whose process was killed, and frees what there was',
  async () => {
    const object = await copyHalfDone();
    expect((await tams.remove(object, { storage_id: target })).status).toBe(204);
    await restart();
    await eventually(
      () => tams.rows(object),
      (rows) => rows.length === 1,
      { what: 'the deleted copy is gone', atMost: STEP_MILLISECONDS },
    );
    expect(await tams.places(object)).toEqual(['origin']);
    expect(await storage.has(object)).toBe(false);
    expect(await storage.count()).toBe(storedBefore);
  },
  RECOVERY_MILLISECONDS,
);
