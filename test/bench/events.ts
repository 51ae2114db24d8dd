import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchBed, onBenchBed } from './bench-bed';
import { type BenchFlow, BenchStore } from './bench-store';
import { pagePath, registrationsOf } from './cases';
import { EventSource } from './event-source';
import { type LoadPlan, type LoadResult, quantile } from './load-plan';
import { type Spread, spreadOf } from './measurement';
import { EventReceiver, LoadGenerator, type MeasuredServer, startTamsServer } from './processes';
import { machine, number, spread, tableOf } from './report';
import { readOptions } from './options';

const USAGE = `npm run bench:events -- [options]
  --events N         events a second that leave (default 1,000)
  --case TEXT        only the case whose name contains TEXT
  --reads N          pages of 30 segments read a second (default 100)
  --writes N         segments registered a second (default 50)
  --rounds N         rounds with, and as many without (default 7)
  --seconds N        length of a round (default 8)
  --apart            the server of the API delivers nothing, another one does
  --json FILE        also write all figures as JSON
  --profile DIR      write a CPU profile of the server there
Latency of a steady load on the API, with webhooks and without, in alternating rounds; where other writers make events, also
with these written and not delivered. Ends with 1 when fewer events arrive, or
when the p99 of all requests with webhooks is more than a third above the p99 of all requests without.`;

const options = readOptions(USAGE, {
  events: { type: 'string', default: '1000' },
  case: { type: 'string', default: '' },
  reads: { type: 'string', default: '100' },
  writes: { type: 'string', default: '50' },
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '8' },
  apart: { type: 'boolean', default: false },
  json: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
});

const EVENTS = Number(options.events);
const READS = Number(options.reads);
const WRITES = Number(options.writes);
const ROUNDS = Number(options.rounds);
const SECONDS = Number(options.seconds);
const MOST_TIMES_SLOWER = 4 / 3;
/** Of the events that are owed, what has to arrive within the round. */
const ENOUGH = 0.99;
/** What a server does in its first half minute, it does not do again: code is compiled, and most of what lives is promoted. */
const WARM_ROUNDS = 2;
const READ_SEGMENTS = 10_000;
const WRITTEN_FLOWS = 16;
const CONNECTIONS = 16;
/** Whose events nobody delivers. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** What a round does beside the load on the API. */
interface EventCase {
  readonly name: string;
  readonly webhooks: number;
  /** Events a second that come from elsewhere; the load's own changes make the others. */
  readonly others: number;
}

const cases: readonly EventCase[] = [
  { name: 'one webhook', webhooks: 1, others: EVENTS - WRITES },
  { name: 'a webhook for each event of a change', webhooks: Math.round(EVENTS / WRITES), others: 0 },
];

/** What a p99 is of: every request, or one kind of them. */
type Load = 'all' | 'reads' | 'writes';

interface Round {
  readonly reads: LoadResult;
  readonly writes: LoadResult;
  readonly eventsPerSecond: number;
  readonly delayP99: number;
  readonly cpuSeconds: number;
}

/**
 * Without webhooks; with; and, where events come from elsewhere, with these written for a webhook that does not exist: what
 * other writers cost PostgreSQL and its disk, whether or not anything leaves.
 */
type RoundKind = 'without' | 'written' | 'with';
type Rounds = Readonly<Record<RoundKind, readonly Round[]>>;

/** Everything a round needs. */
interface Bench {
  readonly server: MeasuredServer;
  readonly store: BenchStore;
  readonly load: LoadGenerator;
  readonly receiver: EventReceiver;
  readonly source: EventSource;
  readonly read: BenchFlow;
  readonly written: readonly BenchFlow[];
}

async function plansOf({ store, read, written }: Bench): Promise<LoadPlan[]> {
  const reads = Array.from({ length: 500 }, () => ({
    method: 'GET' as const,
    path: pagePath(read.id, Math.floor(Math.random() * (READ_SEGMENTS - 30)), 30),
  }));
  const pace = { kind: 'paced', seconds: SECONDS } as const;
  const writes = await registrationsOf(store, written, WRITES * SECONDS, 1);
  return [
    { label: 'reads', requests: reads, status: 200, connections: CONNECTIONS, pace: { ...pace, perSecond: READS } },
    { label: 'writes', requests: writes, status: 201, connections: CONNECTIONS, pace: { ...pace, perSecond: WRITES } },
  ];
}

/** Registers webhooks. @returns their ids, once they are started */
async function listen({ server, receiver }: Bench, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const answer = await fetch(`${server.origin}/service/webhooks`, {
      method: 'POST',
      body: JSON.stringify({ url: receiver.url, events: ['flows/segments_added', 'flows/updated'] }),
      headers: { 'Content-Type': 'application/json' },
    });
    if (answer.status !== 201) throw new Error(`The webhook was refused: ${await answer.text()}`);
    ids.push(((await answer.json()) as { id: string }).id);
  }
  // They are taken up within a look (250 ms) of the delivering process.
  await delay(1000);
  return ids;
}

async function runRound(bench: Bench, { webhooks, others }: EventCase, kind: RoundKind): Promise<Round> {
  const { server, source, receiver, load } = bench;
  await source.clear();
  const plans = await plansOf(bench);
  const webhookIds = kind === 'with' ? await listen(bench, webhooks) : [];
  await receiver.arrivals();
  const cpuBefore = server.cpuSeconds;
  const [results] = await Promise.all([
    load.run({ origin: server.origin, plans }),
    kind !== 'without' && source.run(webhookIds[0] ?? NOBODY, others, SECONDS),
  ]);
  const { events, delayP99 } = await receiver.arrivals();
  const cpuSeconds = server.cpuSeconds - cpuBefore;
  for (const id of webhookIds) await fetch(`${server.origin}/service/webhooks/${id}`, { method: 'DELETE' });
  for (const { label, failures, firstFailure } of results) {
    if (failures > 0) throw new Error(`${label}: ${failures} failed, first: ${firstFailure ?? ''}`);
  }
  const [reads, writes] = results;
  if (!reads || !writes) throw new Error('The load was not run.');
  return { reads, writes, eventsPerSecond: events / SECONDS, delayP99, cpuSeconds };
}

/** Rounds of every kind in turn; who goes first changes too. The first of each are not measured. */
async function measureCase(bench: Bench, eventCase: EventCase): Promise<Rounds> {
  const kinds: RoundKind[] = eventCase.others > 0 ? ['without', 'written', 'with'] : ['without', 'with'];
  const rounds: Record<RoundKind, Round[]> = { without: [], written: [], with: [] };
  for (let round = 0; round < WARM_ROUNDS + ROUNDS; round += 1) {
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      const result = await runRound(bench, eventCase, kind);
      if (round >= WARM_ROUNDS) rounds[kind].push(result);
    }
  }
  return rounds;
}

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  await onBenchBed(run);
}

async function run(bed: BenchBed): Promise<void> {
  const bench = await prepare(bed);
  const measured = [];
  for (const eventCase of cases.filter(({ name }) => name.includes(options.case))) {
    console.error(`${eventCase.name}...`);
    measured.push({ ...eventCase, rounds: await measureCase(bench, eventCase) });
  }
  await report(measured);
}

async function prepare({ directory, postgres, stops }: BenchBed): Promise<Bench> {
  console.error('Starting PostgreSQL and the server, loading data...');
  const databaseUrl = postgres.connectionUrl;
  const shared = { databaseUrl, directory, profileDirectory: options.profile };
  const apart = options.apart && { environment: { WEBHOOK_CONCURRENCY: '0' } };
  const server = await startTamsServer({ ...shared, ...apart });
  stops.push(() => server.stop());
  if (apart) {
    const delivering = await startTamsServer({ databaseUrl, directory, name: 'delivering' });
    stops.push(() => delivering.stop());
  }
  const store = await BenchStore.connect(server.origin, databaseUrl);
  stops.push(() => store.close());
  const [read] = await store.createFlows(1);
  if (!read) throw new Error('No Flow was made.');
  await store.fill(read, READ_SEGMENTS);
  const written = await store.createFlows(WRITTEN_FLOWS);
  await store.settle();
  const flow = (await (await fetch(`${server.origin}/flows/${read.id}`)).json()) as object;
  const source = await EventSource.connect(databaseUrl, { flow });
  stops.push(() => source.close());
  const receiver = await EventReceiver.start();
  stops.push(() => {
    receiver.stop();
  });
  const load = new LoadGenerator();
  stops.push(() => {
    load.stop();
  });
  return { server, store, load, receiver, source, read, written };
}

interface Measured extends EventCase {
  readonly rounds: Rounds;
}

async function report(measured: readonly Measured[]): Promise<void> {
  const settings = { events: EVENTS, reads: READS, writes: WRITES, seconds: SECONDS };
  if (options.json !== undefined) {
    await writeFile(options.json, JSON.stringify({ machine: machine(), ...settings, measured }, null, 2));
  }
  const rows = measured.flatMap(rowsOf);
  const header = [
    'case',
    'p99 ms without',
    'p99 ms with',
    'times as long',
    'than written',
    'events/s',
    'delay p99 ms',
    'CPU us',
    'held',
  ];
  console.log(`\n${tableOf(header, rows)}`);
  console.log(
    `\n${READS} reads and ${WRITES} writes a second. p99 of the requests of all ${ROUNDS} rounds (of the lowest-highest round), else medians. Than written: as long as with the events of others written and not delivered. CPU: what the server's process spends more for each event.`,
  );
  if (rows.some((row) => row.at(-1) === 'NO')) process.exitCode = 1;
}

function rowsOf({ name, rounds }: Measured): string[][] {
  const rate = spreadOf(rounds.with.map((round) => round.eventsPerSecond));
  const delayP99 = spreadOf(rounds.with.map((round) => round.delayP99));
  const cpu = spreadOf(
    rounds.with.map(
      (round, index) =>
        ((round.cpuSeconds - (rounds.without[index]?.cpuSeconds ?? 0)) * 1e6) / (round.eventsPerSecond * SECONDS),
    ),
  );
  return (['all', 'reads', 'writes'] as const).map((load) => {
    const [without, withEvents] = [p99Of(rounds.without, load), p99Of(rounds.with, load)];
    const times = withEvents.median / without.median;
    const held = times <= MOST_TIMES_SLOWER && rate.median >= EVENTS * ENOUGH;
    return [
      `${name}: ${load}`,
      spread(without, 1),
      spread(withEvents, 1),
      number(times, 2),
      rounds.written.length > 0 ? number(withEvents.median / p99Of(rounds.written, load).median, 2) : '',
      spread(rate),
      spread(delayP99),
      number(cpu.median),
      held ? 'yes' : 'NO',
    ];
  });
}

/**
 * The p99 of the requests of all rounds together, with that of the lowest and of the highest round. A round has only a few
 * requests above its p99, and one pause of the machine moves it: the rounds' own p99s differ threefold on the same server.
 */
function p99Of(rounds: readonly Round[], load: Load): Spread {
  const each = rounds.map((round) => latenciesOf(round, load));
  return { ...spreadOf(each.map(p99)), median: p99(each.flat()) };
}

function latenciesOf({ reads, writes }: Round, load: Load): readonly number[] {
  if (load === 'all') return [...reads.latencies, ...writes.latencies];
  return (load === 'reads' ? reads : writes).latencies;
}

function p99(latencies: readonly number[]): number {
  return quantile(
    [...latencies].sort((a, b) => a - b),
    0.99,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
