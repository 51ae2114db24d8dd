import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { BreakableLink } from '../support/breakable-link';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

let link: BreakableLink;
let tams: TestServer;

beforeAll(async () => {
  link = await BreakableLink.to(await createTestDatabase());
  tams = await startTestServer({ DATABASE_URL: link.url });
});
afterAll(async () => {
  await tams.stop();
  await link.stop();
});
afterEach(() => {
  link.mend();
});

/** `npm run status`, without npm. */
function start(...options: readonly string[]) {
  return spawn(process.execPath, ['scripts/status.mjs', ...options], {
    env: { PATH: process.env['PATH'], FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(...options: readonly string[]): Promise<{ code: number; text: string }> {
  const child = start('--url', tams.url, ...options);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

describe('npm run status', () => {
  it('shows that all is well, and each part', async () => {
    const { code, text } = await run();
    expect(text).toMatch(/^● All \d+ parts work\.\n/);
    expect(text).toMatch(/up +database +[\d.]+ ms/);
    expect(code).toBe(0);
  });

  it('draws the last hour for those who may see it', async () => {
    await tams.client.get('/flows');
    const { text } = await eventually(run, ({ text }) => /requests 2xx +[\d.]+\/s/.test(text));
    expect(text).toMatch(/memory +\d+ MB +[▁▂▃▄▅▆▇█]+ +to \d+ MB/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(140);
  });

  it('draws how far jobs are, for those who may see it', async () => {
    const progress = { about: 'Flow one', unit: 'segments', done: 3000, total: 12_000, per_second: 500 };
    const database = new Client({ connectionString: link.url });
    await database.connect();
    await database.query(
      `INSERT INTO jobs.job (name, data, state, started_on, singleton_key, policy)
       VALUES ('flow-deletion', $1, 'active', now(), 'one', 'stately')`,
      [{ trace: {}, data: {}, progress, stop: { by: 'alice', at: '2026-01-05T03:02:00.000Z' } }],
    );
    const { text } = await run();
    expect(text).toMatch(/job flow-deletion, running for .+, stopping, by alice/);
    expect(text).toMatch(/█{7}░{23} 3,000 of 12,000 segments, 500\/s {2}Flow one/);
    await database.query(`DELETE FROM jobs.job WHERE singleton_key = 'one'`);
    await database.end();
  });

  it('says what does not work, why, since when, what it means and what to do, while it lasts', async () => {
    link.cut();
    const { code, text } = await run();
    expect(text).toMatch(/^● database does not work since \d{4}-[\d-]+T[\d:.]+Z: .+\. Nothing can be read or written/);
    expect(text).toContain(`What to do: ${tams.url}/docs/runbooks/postgres-down.md`);
    expect(code).toBe(2);
    expect((await fetch(`${tams.url}/docs/runbooks/postgres-down.md`)).status).toBe(200);
    link.mend();
    expect((await run()).code).toBe(0);
  });

  it('watches: what was done since the last look, as JSON for machines', async () => {
    const child = start('--url', tams.url, '--watch', '--every', '1', '--json');
    const seen: { status: string; activity?: { requests_per_second: number; p95_seconds_at_most?: number } }[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      seen.push(JSON.parse(line) as (typeof seen)[number]);
      if ((seen.at(-1)?.activity?.requests_per_second ?? 0) > 0) break;
      await tams.client.get('/flows');
    }
    child.kill('SIGINT');
    expect(seen.at(-1)).toMatchObject({ status: 'ok', activity: { errors_per_second: 0 } });
    expect(seen.at(-1)?.activity?.p95_seconds_at_most).toBeLessThanOrEqual(10);
  });

  it('says where nobody answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    const child = start('--url', url);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect((await once(child, 'close'))[0]).toBe(2);
    expect(text).toContain(`No server answers at ${url} (ECONNREFUSED)`);
  });
});
