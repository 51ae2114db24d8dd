import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { videoFlow } from '../support/flow-fixtures';
import { BreakablePostgres } from './support/breakable-postgres';
import { BreakableServer } from './support/breakable-server';
import { chanceOfRun, LOOP_MS } from './support/chance';
import { Answers, Ingester } from './support/ingester';
import { brokenInvariants, gaugesCatchUp } from './support/invariants';

const INGESTERS = 6;
/** More than one request deletes, so that a job must go on with it. */
const DOOMED_SEGMENTS = 3000;

let postgres: BreakablePostgres;
let server: BreakableServer;
let directory: string;
const chance = chanceOfRun();
const answers = new Answers();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-faults-'));
  postgres = await BreakablePostgres.start();
  server = await BreakableServer.start({
    DATABASE_URL: postgres.url,
    DATA_DIR: directory,
    DATABASE_STATEMENT_TIMEOUT_SECONDS: '5',
    JOB_HEARTBEAT_SECONDS: '10',
  }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
});
afterAll(async () => {
  await (server as BreakableServer | undefined)?.stop();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

/** What is done to the store; those that spare the server must not need a restart of it. */
const faults: Readonly<Record<string, () => Promise<void>>> = {
  'server killed': async () => {
    await server.kill();
    await server.restart();
  },
  'PostgreSQL killed': async () => {
    await postgres.kill();
    await postgres.restart();
  },
  'both killed': async () => {
    await Promise.all([server.kill(), postgres.kill()]);
    await postgres.restart();
    await server.restart();
  },
  'a session of PostgreSQL killed': () => postgres.killSession(),
  'connections terminated': async () => {
    await postgres.terminateSessions();
  },
  'PostgreSQL paused': async () => {
    postgres.pause();
    await delay(chance.between(500, 4000));
    postgres.resume();
  },
};

/** A Flow whose deletion is under way when the fault comes. @returns its id */
async function doomedFlow(): Promise<string> {
  const flow = videoFlow();
  expect((await server.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  for (let first = 0; first < DOOMED_SEGMENTS; first += 1000) {
    const posts = Array.from({ length: 1000 }, (_, index) => ({
      object_id: randomUUID(),
      timerange: `[${first + index}:0_${first + index + 1}:0)`,
      get_urls: [{ label: 'origin', url: 'https://media.example.com/x.ts' }],
    }));
    expect((await server.client.post(`/flows/${flow.id}/segments`, posts)).status).toBe(201);
  }
  expect((await server.client.delete(`/flows/${flow.id}`)).status).toBe(202);
  return flow.id;
}

interface Round {
  readonly fault: string;
  /** From the fault's end until the server is ready, and until every ingester is acknowledged again, in milliseconds. */
  readonly readyMs: number;
  readonly progressMs: number;
}

async function round(fault: string, ingesters: readonly Ingester[]): Promise<Round> {
  const doomed = await doomedFlow();
  const { pid } = server;
  for (const ingester of ingesters) ingester.start();
  await delay(chance.between(50, 1500));
  await faults[fault]!();
  const readyMs = await server.becomesReady();
  const start = Date.now();
  const before = ingesters.map((ingester) => ingester.acknowledged.size);
  await eventually(
    () => ingesters.filter((ingester, index) => ingester.acknowledged.size <= before[index]!).length,
    (waiting) => waiting === 0,
    { what: 'every ingester goes on', atMost: 60_000 },
  );
  const progressMs = Date.now() - start;
  await Promise.all(ingesters.map((ingester) => ingester.pause()));
  if (!/server|both/.test(fault)) expect(server.pid).toBe(pid);

  expect(await brokenInvariants(server, postgres, ingesters)).toEqual([]);
  expect(answers.unclean).toEqual([]);
  const deleted = () => server.client.get(`/flows/${doomed}`);
  await eventually(deleted, ({ status }) => status === 404, { what: 'the deletion ends', atMost: 120_000 });
  return { fault, readyMs, progressMs };
}

it('keeps every acknowledged write, whatever is killed under it', async () => {
  const ingesters = Array.from({ length: INGESTERS }, () => new Ingester(server.url, answers, chance.split()));
  const rounds: Round[] = [];
  let left: string[] = [];
  for (const end = Date.now() + LOOP_MS; Date.now() < end || rounds.length < 3;) {
    // Each once, in an order that chance decides, and then anew.
    if (left.length === 0) left = Object.keys(faults);
    const fault = chance.one(left);
    left = left.filter((name) => name !== fault);
    rounds.push(await round(fault, ingesters));
  }
  await gaugesCatchUp(server, postgres);
  const segments = ingesters.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  console.log(report(rounds, segments));
});

function report(rounds: readonly Round[], segments: number): string {
  const lines = [...Map.groupBy(rounds, ({ fault }) => fault)].map(([fault, all]) => {
    const worst = (pick: (one: Round) => number): number => Math.max(...all.map(pick));
    return `  ${fault}: ${all.length} times, ready after at most ${worst((one) => one.readyMs)} ms, every client served again ${worst((one) => one.progressMs)} ms later`;
  });
  const statuses = [...answers.byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status || 'no answer'}`);
  return [
    `${rounds.length} faults, ${segments} segments acknowledged and found; answers: ${statuses.join(', ')}; slowest ${answers.slowestMs} ms`,
    ...lines,
  ].join('\n');
}
