import { connect, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { createTestDatabase } from '../support/test-database';
import { BreakableServer } from './support/breakable-server';

const IDLE = 10_000;
const SLOW = 1_000;
/** Connections are opened so many at a time: the system's queue for new ones is short. */
const AT_A_TIME = 200;
/** More than the server takes. */
const TOO_MANY = 500;
/** What so many connections may cost, in megabytes of resident memory. */
const MOST_MEGABYTES = 450;
/** Longest an ordinary request may take meanwhile, in milliseconds, at the 95th percentile. */
const LONGEST_ANSWER_MS = 500;

let server: BreakableServer;
let directory: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-faults-'));
  server = await BreakableServer.start({
    DATABASE_URL: await createTestDatabase(),
    DATA_DIR: directory,
    HEADERS_TIMEOUT_SECONDS: '10',
    BODY_TIMEOUT_SECONDS: '10',
    MAX_CONNECTIONS: String(IDLE + SLOW + 20),
  });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A connection and what came over it. */
interface Connected {
  readonly socket: Socket;
  answer: string;
  closed: boolean;
}

function open(hello: string): Promise<Connected> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      if (hello !== '') socket.write(hello);
      resolve(connected);
    });
    const connected: Connected = { socket, answer: '', closed: false };
    sockets.push(socket);
    socket.on('data', (chunk) => (connected.answer += chunk.toString('latin1').slice(0, 500)));
    socket.on('close', () => (connected.closed = true));
    socket.on('error', (error) => {
      reject(error);
    });
  });
}

async function openMany(count: number, hello: string): Promise<Connected[]> {
  const all: Connected[] = [];
  while (all.length < count) {
    const batch = Math.min(AT_A_TIME, count - all.length);
    all.push(...(await Promise.all(Array.from({ length: batch }, () => open(hello)))));
  }
  return all;
}

/** Durations of ordinary requests, one after the other. @returns the 95th percentile in milliseconds */
async function answerTime(path: string): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 100; count += 1) {
    const start = performance.now();
    expect((await fetch(server.url + path)).status).toBe(200);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[94]!;
}

it(`${IDLE} idle and ${SLOW} slow clients hold up no other`, async () => {
  const flow = videoFlow();
  expect((await server.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  const path = `/flows/${flow.id}`;
  const [memoryBefore, before] = [server.megabytes, await answerTime(path)];

  const idle = await openMany(IDLE, 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  const slowHeaders = await openMany(SLOW / 2, 'GET /flows HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const slowBodies = await openMany(
    SLOW / 2,
    `PUT ${path}/label HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"`,
  );
  const slow = [...slowHeaders, ...slowBodies];
  const trickle = setInterval(() => {
    for (const { socket, closed } of slow) if (!closed) socket.write('a');
  }, 1_000);
  try {
    // At once: ten seconds later the slow ones are told to go, and leave room.
    const tooMany = await openMany(TOO_MANY, '');
    const refused = () => tooMany.filter(({ closed }) => closed).length;
    await eventually(refused, (count) => count >= TOO_MANY - 20, {
      what: 'connections beyond the limit are closed',
      atMost: 20_000,
    });
    for (const { socket } of tooMany) socket.destroy();
    const hasRoom = () =>
      fetch(`${server.url}/livez`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(hasRoom, Boolean, { what: 'there is room for others again', atMost: 20_000 });
    await eventually(
      () => idle.filter(({ answer }) => answer === '').length,
      (left) => left === 0,
      { what: 'every idle client had its answer', atMost: 60_000 },
    );
    const [memory, meanwhile] = [server.megabytes, await answerTime(path)];
    expect(meanwhile).toBeLessThan(LONGEST_ANSWER_MS);
    expect(memory).toBeLessThan(MOST_MEGABYTES);
    // The slow ones are told so, and lose their connection; each byte they sent meanwhile did not buy them time.
    await eventually(
      () => slow.filter(({ closed }) => !closed).length,
      (left) => left === 0,
      { what: 'the slow clients are gone', atMost: 60_000 },
    );
    expect(slow.filter(({ answer }) => !answer.startsWith('HTTP/1.1 408 ')).length).toBe(0);
    console.log(
      `${IDLE} idle and ${SLOW} slow clients: p95 of a request ${before.toFixed(0)} ms before, ${meanwhile.toFixed(0)} ms meanwhile; ` +
        `memory ${memoryBefore.toFixed(0)} MB before, ${memory.toFixed(0)} MB meanwhile; all slow ones answered 408`,
    );
  } finally {
    clearInterval(trickle);
  }
});
