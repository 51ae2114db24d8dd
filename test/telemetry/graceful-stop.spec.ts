import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Pool } from 'undici';
import { eventually } from '../support/eventually';
import { createTestDatabase } from '../support/test-database';

const ROOT = resolve(__dirname, '../..');
const CLIENTS = 8;

// A whole process starts, transforming its sources, perhaps on a machine that is busy with much else.
jest.setTimeout(240_000);

let dataDirectory: string;
let child: ChildProcess;
let url: string;
let output: string;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'tams-stop-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  output = '';
  child = spawn(
    process.execPath,
    ['--require', join(ROOT, 'test/support/run-typescript.cjs'), join(ROOT, 'apps/tams-api/src/main.ts')],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        HOST: '127.0.0.1',
        PORT: String(port),
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
        DATABASE_URL: await createTestDatabase(),
        DATABASE_POOL_SIZE: '4',
        DATA_DIR: dataDirectory,
        SHUTDOWN_DRAIN_SECONDS: '3',
        SHUTDOWN_GRACE_SECONDS: '60',
      },
    },
  );
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const begun = (): Promise<boolean> => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server did not start: ${output}`);
    return isReady();
  };
  await eventually(begun, Boolean, { what: 'the server is ready', every: 50, atMost: 180_000 });
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(dataDirectory, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function isReady(): Promise<boolean> {
  const response = await fetch(`${url}/readyz`).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.status === 200;
}

/** Clients that send one request after the other while the server is ready, as a load balancer would have it. */
class Clients {
  readonly statuses = new Map<number, number>();
  readonly failures: string[] = [];
  private sending = true;
  private readonly pool = new Pool(url, { connections: CLIENTS });
  private readonly running = Array.from({ length: CLIENTS }, () => this.send());

  async stop(): Promise<void> {
    this.sending = false;
    await Promise.all(this.running);
    await this.pool.close();
  }

  private async send(): Promise<void> {
    while (this.sending) {
      try {
        const { statusCode, body } = await this.pool.request({ method: 'GET', path: '/sources' });
        await body.dump();
        this.statuses.set(statusCode, (this.statuses.get(statusCode) ?? 0) + 1);
      } catch (error) {
        this.failures.push((error as Error).message);
      }
    }
  }
}

it('SIGTERM under load: not ready at once, every request answered, exit 0', async () => {
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const clients = new Clients();
  await eventually(() => clients.statuses.has(200), Boolean, { what: 'a first answer', every: 50 });
  child.kill('SIGTERM');
  // The signal is on its way; the port stays open while the server drains, so the probe is answered.
  const ready = await eventually(
    async () => {
      const response = await fetch(`${url}/readyz`);
      return { status: response.status, body: await response.json() };
    },
    ({ status }) => status !== 200,
    { what: 'the server is not ready any more', every: 50 },
  );
  expect(ready).toEqual({ status: 503, body: { status: 'unavailable', reason: 'The server is stopping.' } });
  // The load balancer has seen it too and sends elsewhere; what is under way is answered.
  await clients.stop();
  expect({ failures: clients.failures, statuses: [...clients.statuses.keys()] }).toEqual({
    failures: [],
    statuses: [200],
  });
  expect({ exit: await exit, output }).toEqual({ exit: [0, null], output: expect.any(String) as string });
});

it('a connection that never sent a request does not keep a server from ending', async () => {
  const unused = connect(Number(new URL(url).port), '127.0.0.1');
  await once(unused, 'connect');
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  unused.destroy();
});
