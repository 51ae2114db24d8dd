import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../libs/auth/src/audit/audit-entry';
import { AuditFile } from '../../libs/auth/src/audit/audit-log';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { videoFlow } from '../support/flow-fixtures';

/** A device on which every write fails as on a full disk. */
const FULL = '/dev/full';

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly message?: string }>>;
}

const healthOf = async (url: string): Promise<Health> => (await (await fetch(`${url}/health`)).json()) as Health;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a log on a full disk', () => {
  let child: ChildProcess | undefined;
  afterEach(async () => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });

  it.each(['json', 'pretty'])(
    'neither ends the server nor changes an answer (%s)',
    async (format) => {
      const port = await freePort();
      const directory = await mkdtemp(join(tmpdir(), 'tams-full-'));
      const stdout = openSync(FULL, 'w');
      child = spawn(process.execPath, [join(__dirname, '../support/run-server.cjs')], {
        env: {
          PATH: process.env['PATH'],
          PORT: String(port),
          LOG_LEVEL: 'info',
          LOG_FORMAT: format,
          SHUTDOWN_DRAIN_SECONDS: '0',
          DATABASE_URL: await createTestDatabase(),
          DATA_DIR: directory,
        },
        stdio: ['ignore', stdout, 'inherit'],
      });
      closeSync(stdout);
      const url = `http://127.0.0.1:${port}`;
      const ready = async (): Promise<boolean> => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
      while (!(await ready())) {
        expect(child.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      for (let count = 0; count < 100; count += 1) expect((await fetch(`${url}/flows`)).status).toBe(200);
      const health = await healthOf(url);
      expect(health.checks['log']).toMatchObject({
        status: 'degraded',
        message: expect.stringContaining('ENOSPC') as string,
      });
      expect(health.status).toBe('degraded');
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      await rm(directory, { recursive: true });
      // Starting a process of its own takes long on a busy machine.
    },
    180_000,
  );
});

describe('an audit log on a full disk', () => {
  let tams: TestServer;
  afterEach(() => tams.stop());

  it('leaves a change that happened its answer', async () => {
    tams = await startTestServer({ AUDIT_LOG_FILE: FULL });
    const flow = videoFlow();
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
    expect((await healthOf(tams.url)).checks['audit_log']).toMatchObject({ status: 'degraded' });
    expect(await (await fetch(`${tams.url}/metrics`)).text()).toMatch(
      /tams_log_lines_lost_total\{sink="audit"\} [1-9]/,
    );
  });

  it('refuses a change beforehand when the change must be recorded', async () => {
    tams = await startTestServer({ AUDIT_LOG_FILE: FULL, AUDIT_REQUIRED: 'true' });
    const flow = videoFlow();
    const answer = await tams.client.put(`/flows/${flow.id}`, flow);
    expect(answer).toMatchObject({ status: 503, body: { type: 'urn:x-tams:problem:audit-unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('30');
    expect((await tams.client.get(`/flows/${flow.id}`)).status).toBe(404);
  });
});

it('an audit log works again by itself, begins a new line, and tells of its attempts', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tams-audit-'));
  const path = join(directory, 'deeper', 'audit.log');
  const tams = await startTestServer({ AUDIT_LOG_FILE: path, AUDIT_REQUIRED: 'true' });
  const flow = videoFlow();
  await tams.client.put(`/flows/${flow.id}`, flow);
  await tams.stop();
  const lines = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEntry);
  expect(lines).toMatchObject([
    { audit: 'attempt', resource: { flowId: flow.id }, outcome: 'begun' },
    { audit: 'change', resource: { flowId: flow.id }, outcome: 'done', status: 201 },
  ]);

  let room = 10;
  const file = new AuditFile(path, (_descriptor, bytes) => {
    const taken = Math.min(room, bytes.length);
    if (taken === 0) throw new Error('ENOSPC: no space left on device');
    room -= taken;
    written += bytes.subarray(0, taken).toString();
    return taken;
  });
  let written = '';
  const [entry] = lines as [AuditEntry];
  expect(file.write(entry)).toBe(false);
  expect(file.status).toMatchObject({ lostLines: 1, problem: expect.stringContaining('ENOSPC') as string });
  room = Infinity;
  expect(file.write(entry)).toBe(true);
  expect(file.status).toEqual({ lostLines: 1 });
  expect(JSON.parse(written.split('\n')[1] ?? '')).toMatchObject({ audit: 'attempt' });
  file.close();
  await rm(directory, { recursive: true });
});
