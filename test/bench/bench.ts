import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchBed, onBenchBed } from './bench-bed';
import { measureBearerCheck } from './bearer-check';
import { BenchStore } from './bench-store';
import { type BenchCase, createCases, type RoundSize } from './cases';
import { type FloorSetup, recordStatements } from './floor-setup';
import type { LoadRequest } from './load-plan';
import { measure, type Measurement, type Spread } from './measurement';
import { cpuSecondsOfFamily } from './processor-time';
import { LoadGenerator, type MeasuredServer, startFloor, startTamsServer } from './processes';
import { benchTable, machine } from './report';
import { verdictsOf, verdictTable } from './targets';
import { readOptions } from './options';

const USAGE = `npm run bench -- [options]
  --quick            small store, short rounds: a look, not a measurement
  --case TEXT        only cases whose name contains TEXT (may be repeated)
  --rounds N         rounds of each case on each server (default 5)
  --seconds N        length of a round that reads (default 3)
  --json FILE        also write all figures as JSON ("-" for standard output, without the table)
  --before FILE      compare with another build of the server too (its compiled main.js, below this directory)
  --profile DIR      write a CPU profile of the server there, and one of the build before into DIR/before
Ends with 1 when a target of docs/performance.md is not reached by the cases that ran.`;

const options = readOptions(USAGE, {
  quick: { type: 'boolean', default: false },
  case: { type: 'string', multiple: true, default: [] },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  json: { type: 'string' },
  before: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
});

const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));
const size: RoundSize = {
  seconds: Number(options.seconds ?? (options.quick ? 1 : 3)),
  registrations: options.quick ? 800 : 2000,
  batches: options.quick ? 12 : 32,
};
const LISTED_FLOWS = options.quick ? 250 : 1000;
/** `DATABASE_POOL_SIZE` as shipped. */
const POOL_SIZE = 20;

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  await onBenchBed(run);
}

async function run({ directory, postgres, stops }: BenchBed): Promise<void> {
  progress('Starting PostgreSQL and the server...');
  const databaseUrl = postgres.connectionUrl;
  const server = await startTamsServer({ databaseUrl, directory, profileDirectory: options.profile });
  stops.push(() => server.stop());
  const store = await BenchStore.connect(server.origin, databaseUrl);
  stops.push(() => store.close());
  progress('Loading data...');
  const cases = (await createCases(store, LISTED_FLOWS)).filter(isWanted);
  const load = new LoadGenerator();
  stops.push(() => {
    load.stop();
  });
  const floor = await startFloor(await floorSetup(databaseUrl, server, store, cases));
  stops.push(() => floor.stop());
  const servers = [server, floor];
  if (options.before !== undefined) {
    const before = await startTamsServer({
      databaseUrl,
      directory,
      name: 'before',
      entry: options.before,
      profileDirectory: options.profile && join(options.profile, 'before'),
      // It may be older than the tables.
      environment: { ALLOW_NEWER_DATABASE: 'true' },
    });
    stops.push(() => before.stop());
    servers.push(before);
  }
  const bench = { load, databaseCpuSeconds: () => cpuSecondsOfFamily(postgres.pid) };
  const measurements: Measurement[] = [];
  for (const benchCase of cases) {
    progress(`${benchCase.name}...`);
    await checkSameAnswers(benchCase, server, floor);
    measurements.push(...(await measure(bench, benchCase, servers, rounds, size)));
  }
  await report(measurements, await measureBearerCheck());
}

function isWanted({ name }: BenchCase): boolean {
  return options.case.length === 0 || options.case.some((text) => name.includes(text));
}

/** The floor sends the headers the server sent for the same request, but those that Node writes itself. */
async function floorSetup(
  databaseUrl: string,
  server: MeasuredServer,
  store: BenchStore,
  cases: readonly BenchCase[],
): Promise<FloorSetup> {
  const headers: Record<string, Record<string, string>> = {};
  for (const benchCase of cases) {
    const [plan] = await benchCase.round({ seconds: 1, registrations: 1, batches: 1 }, server);
    const request = plan?.requests[0];
    if (!request) continue;
    const answer = await ask(server, request);
    const own = [...answer.headers].filter(
      ([name]) => !['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'].includes(name),
    );
    headers[kindOf(request)] = Object.fromEntries(own);
  }
  return {
    databaseUrl,
    poolSize: POOL_SIZE,
    statements: await recordStatements(),
    origin: server.origin,
    storageId: store.storageId,
    storageLabel: store.storageLabel,
    headers,
  };
}

/** Which kind of answer the floor gives, as it decides itself. */
function kindOf({ method, path }: LoadRequest): string {
  if (method === 'POST') return path.endsWith('/storage') ? 'storage' : 'register';
  if (path.includes('/output.m3u8')) return path.endsWith('type=live') ? 'livePlaylist' : 'playlist';
  if (path.includes('/segments')) return path.includes('accept_get_urls=') ? 'pageWithoutUrls' : 'page';
  return path.startsWith('/flows/') ? 'flow' : 'flowList';
}

/** A floor that writes other bytes than the server would be no floor. */
async function checkSameAnswers(benchCase: BenchCase, server: MeasuredServer, floor: MeasuredServer): Promise<void> {
  const plans = await benchCase.round({ seconds: 1, registrations: 2, batches: 2 }, server);
  for (const { requests } of plans) {
    const [first, second = first] = requests;
    if (!first || !second) continue;
    const reads = first.method === 'GET';
    const answers = await Promise.all([ask(server, first), ask(floor, reads ? first : second)]);
    const [own, other] = await Promise.all(
      answers.map(async (answer) => ({ status: answer.status, text: await answer.text() })),
    );
    const same = own?.status === other?.status && own?.text.length === other?.text.length;
    if (!same || (reads && unsigned(own?.text) !== unsigned(other?.text))) {
      throw new Error(`The floor answers ${benchCase.name} differently: ${firstDifference(own, other)}`);
    }
  }
}

/** Both answers from a little before they part. */
function firstDifference(own: object | undefined, other: object | undefined): string {
  const [left, right] = [JSON.stringify(own), JSON.stringify(other)];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return `at ${at}\n${left.slice(Math.max(0, at - 100), at + 200)}\n${right.slice(Math.max(0, at - 100), at + 200)}`;
}

function unsigned(text = ''): string {
  return text.replace(/expires=\d+&signature=[\w-]{43}/g, '');
}

function ask(server: MeasuredServer, { method, path, body }: LoadRequest): Promise<Response> {
  return fetch(server.origin + path, {
    method,
    ...(body !== undefined && { body, headers: { 'Content-Type': 'application/json' } }),
  });
}

async function report(measurements: readonly Measurement[], bearerCheck: Spread): Promise<void> {
  const peakMegabytes = Math.max(...measurements.map((measurement) => measurement.peakMegabytes));
  const verdicts = verdictsOf({ measurements, peakMegabytes, bearerCheck });
  if (verdicts.some(({ reached }) => !reached)) process.exitCode = 1;
  const findings = { machine: machine(), rounds, ...size, peakMegabytes, bearerCheck, measurements, verdicts };
  const figures = JSON.stringify(findings, null, 2);
  if (options.json === '-') {
    console.log(figures);
    return;
  }
  if (options.json !== undefined) await writeFile(options.json, figures);
  console.log(`\n${benchTable(measurements)}`);
  console.log(
    `\nMedian of ${rounds} rounds (lowest-highest). "of floor": the server's rate over the floor's, round by round. CPU: of the server's process, DB CPU: of PostgreSQL, for one request; "CPU of floor": both together over the floor's.`,
  );
  console.log(`\n${verdictTable(verdicts)}`);
}

function progress(text: string): void {
  console.error(text);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
