import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ServerProcess } from '../support/server-process';
import { eventually } from './deletion-fixtures';
import { InstanceFixtures, sha256 } from './instance-fixtures';

/** Long enough for a dead worker's job to be noticed (its heartbeat, 10 s) on a busy machine. */
const RECOVERY_MILLISECONDS = 120_000;

/** Half of this arrives at once, the rest when the test says so. */
const media = randomBytes(400_000);

let tams: InstanceFixtures;
let worker: ServerProcess;
let source: Server;
let requests: ServerResponse[];

beforeEach(async () => {
  // This server only takes requests; jobs are worked on by a process that can be killed.
  tams = await InstanceFixtures.start({ JOB_WORKERS: 'false' });
  worker = await startWorker();
  requests = [];
  source = createServer((_request, response) => {
    requests.push(response);
    response.writeHead(200, { 'content-length': String(media.length) }).write(media.subarray(0, 200_000));
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
}, RECOVERY_MILLISECONDS);

afterEach(async () => {
  await worker.kill();
  source.closeAllConnections();
  source.close();
  await tams.stop();
}, RECOVERY_MILLISECONDS);

function startWorker(): Promise<ServerProcess> {
  const settings = { JOB_HEARTBEAT_SECONDS: '10', COPY_SOURCE_ALLOWED_HOSTS: '127.0.0.1' };
  return ServerProcess.start({ ...tams.environment, ...settings });
}

/** Begins to copy an object from the slow source. @returns its id, once half of it is on its way */
async function copyHalfDone(): Promise<string> {
  const object = `external-${randomUUID()}`;
  const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/`;
  const segment = { object_id: object, timerange: '[0:0_1:0)', get_urls: [{ url, label: 'origin' }] };
  expect((await tams.client.post(`/flows/${await tams.flow()}/segments`, segment)).status).toBe(201);
  expect((await tams.add(object, { storage_id: tams.second })).status).toBe(201);
  await eventually(
    async () => (await readdir(join(tams.directoryOf('second'), 'incoming'))).length,
    (files) => files === 1,
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

    worker = await startWorker();
    await eventually(
      () => Promise.resolve(requests.length),
      (count) => count === 2,
    );
    expect(await tams.places(object)).toEqual(['origin']);
    requests[1]?.end(media.subarray(200_000));
    const rows = await tams.settled(object);
    expect(rows.at(-1)).toMatchObject({ state: 'ready', size_bytes: String(media.length), sha256: sha256(media) });
    expect((await tams.bytes(object, tams.second)).equals(media)).toBe(true);
    // The killed attempt left an unfinished file, which nobody takes for an object.
    expect(await readdir(join(tams.directoryOf('second'), 'incoming'))).toEqual([]);
  },
  RECOVERY_MILLISECONDS,
);

it(
  'ends a deleted copy whose process was killed, and frees what there was',
  async () => {
    const object = await copyHalfDone();
    expect((await tams.remove(object, { storage_id: tams.second })).status).toBe(204);
    await worker.kill();
    worker = await startWorker();
    await eventually(
      () => tams.rows(object),
      (rows) => rows.length === 1,
    );
    expect(await tams.places(object)).toEqual(['origin']);
    expect(existsSync(tams.fileOf('second', object))).toBe(false);
  },
  RECOVERY_MILLISECONDS,
);
