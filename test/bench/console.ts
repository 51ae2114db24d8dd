import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { type BenchBed, onBenchBed } from './bench-bed';
import { scrollLibrary } from './console-scroll';
import { fillStore } from './fill-store';
import { startTamsServer } from './processes';
import { machine, number, tableOf } from './report';

const USAGE = `npm run bench:console -- [options]
  --segments N    segments of the long Flow (default 1,000,000); another of as many has a hole
  --flows N       Flows beside them (default 100,000)
  --rounds N      rounds (default 30)
  --directory DIR keep the store there, and use what is there already: filling takes minutes
Sends the requests of the console and a plain page of 100 Flows in turn, one after the other, and says how long each takes
and how many times as long as the plain page; then scrolls the library in headless Chromium and counts the frames. Ends with 1
when the overview of 50 Flows, or coverage at any zoom, takes more than twice as long, or scrolling drops below 50 frames a second.`;

const { values: options } = parseArgs({
  options: {
    segments: { type: 'string', default: '1000000' },
    flows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '30' },
    directory: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const STORAGE = '11111111-1111-4111-8111-111111111111';
const PLAIN = 'plain page of 100 Flows';
const MOST_TIMES_SLOWER = 2;
const LEAST_FRAMES_PER_SECOND = 50;
/** Label of the Flow that lacks a minute in the middle. */
const HOLED = 'Recording with a hole';

/** One kind of request. */
interface ConsoleCase {
  readonly name: string;
  readonly path: string;
  /** Whether it must keep to {@link MOST_TIMES_SLOWER}. */
  readonly bounded?: boolean;
}

function casesOf(longId: string, holedId: string, segments: number): readonly ConsoleCase[] {
  const coverage = (id: string, query: string): string => `/console/api/flows/${id}/coverage?${query}`;
  const middle = Math.floor(segments / 2);
  const window = (from: number, to: number): string => `timerange=${encodeURIComponent(`[${from}:0_${to}:0)`)}`;
  return [
    { name: PLAIN, path: '/flows?limit=100' },
    { name: 'overview, 50 newest', path: '/console/api/flows?limit=50', bounded: true },
    { name: 'overview, 100 newest', path: '/console/api/flows?limit=100' },
    { name: 'overview by label', path: '/console/api/flows?limit=50&sort_by=label', bounded: true },
    { name: 'overview by last registration', path: '/console/api/flows?limit=50&sort_by=last_added', bounded: true },
    { name: 'live Flows', path: '/console/api/flows?limit=50&activity=live', bounded: true },
    { name: 'stalled Flows', path: '/console/api/flows?limit=50&activity=stalled', bounded: true },
    { name: 'Sources, 50 newest', path: '/console/api/sources?limit=50', bounded: true },
    { name: 'search, many have it', path: '/console/api/flows?limit=50&search=camera', bounded: true },
    { name: 'search, one has it', path: `/console/api/flows?limit=50&search=${holedId.slice(0, 13)}`, bounded: true },
    { name: 'search, none has it', path: '/console/api/flows?limit=50&search=nowhere%20at%20all', bounded: true },
    { name: 'one Flow of a million', path: `/console/api/flows/${longId}`, bounded: true },
    { name: 'coverage of all, no hole', path: coverage(longId, ''), bounded: true },
    { name: 'coverage of all, one hole', path: coverage(holedId, ''), bounded: true },
    { name: 'coverage of all, 4,000 steps', path: coverage(holedId, 'resolution=4000') },
    { name: 'coverage of a day', path: coverage(holedId, window(middle - 43_200, middle + 43_200)), bounded: true },
    { name: 'coverage of an hour', path: coverage(holedId, window(middle - 1800, middle + 1800)), bounded: true },
    { name: 'coverage of a minute', path: coverage(holedId, window(middle - 30, middle + 30)), bounded: true },
  ];
}

/** A Flow of as many segments, all of one object, that lacks a minute in the middle. */
async function fillHoled(database: Client, longId: string, segments: number): Promise<void> {
  await database.query(`INSERT INTO objects (id, role) VALUES ('one for all', 'media')`);
  await database.query(
    `WITH flow AS (
       INSERT INTO flows (id, source_id, document, metadata_version)
       SELECT gen_random_uuid(), source_id, document || jsonb_build_object('label', $2::text), 'one' FROM flows WHERE id = $1
       RETURNING id)
     INSERT INTO segments (flow_id, start_ns, end_ns, object_id, timerange)
     SELECT flow.id, n * 1000000000, (n + 1) * 1000000000, 'one for all', format('[%s:0_%s:0)', n, n + 1)
       FROM flow, generate_series(0, $3::int8 - 1) n WHERE n < $3 / 2 - 30 OR n >= $3 / 2 + 30`,
    [longId, HOLED, segments],
  );
  await database.query(
    `UPDATE flows f SET (segment_count, first_start_ns, last_end_ns, media_ns, segments_added) =
       (SELECT count(*), min(start_ns), max(end_ns), sum(end_ns::numeric - start_ns), now() FROM segments WHERE flow_id = f.id)
      WHERE f.label = $1`,
    [HOLED],
  );
  await database.query('VACUUM ANALYZE');
}

async function idOf(database: Client, label: string): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string }>('SELECT id FROM flows WHERE label = $1', [label]);
  return rows[0]?.id;
}

async function timed(url: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(url);
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${body}`);
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function run({ directory, postgres, stops }: BenchBed): Promise<void> {
  const server = await startTamsServer({ databaseUrl: postgres.connectionUrl, directory });
  stops.push(() => server.stop());
  const database = new Client({ connectionString: postgres.connectionUrl });
  await database.connect();
  stops.push(() => database.end());
  const segments = Number(options.segments);
  const flows = Number(options.flows);
  if ((await idOf(database, HOLED)) === undefined) {
    const id = await fillStore(database, { segments, flows, newsFlows: 200, storageId: STORAGE });
    await fillHoled(database, id, segments);
  }
  const [longId, holedId] = [await idOf(database, 'Long recording'), await idOf(database, HOLED)];
  if (longId === undefined || holedId === undefined) throw new Error('The store lacks its long Flows.');
  const cases = casesOf(longId, holedId, segments);
  const times = new Map(cases.map(({ name }) => [name, [] as number[]]));
  for (let round = -2; round < Number(options.rounds); round += 1)
    for (const { name, path } of cases) {
      const taken = await timed(server.origin + path);
      if (round >= 0) times.get(name)?.push(taken);
    }
  report(cases, times);
  const { rows, framesPerSecond, longestFrame } = await scrollLibrary(server.origin);
  console.log(
    `scrolling ${rows} rows: ${number(framesPerSecond, 1)} frames a second, longest ${number(longestFrame, 0)} ms`,
  );
  if (framesPerSecond < LEAST_FRAMES_PER_SECOND) process.exitCode = 1;
}

function report(cases: readonly ConsoleCase[], times: ReadonlyMap<string, readonly number[]>): void {
  const plain = times.get(PLAIN) ?? [];
  const rows = cases.map(({ name, bounded }) => {
    const taken = times.get(name) ?? [];
    const cost = median(taken.map((time, round) => time / (plain[round] ?? NaN)));
    const verdict = bounded ? (cost <= MOST_TIMES_SLOWER ? 'yes' : 'NO') : '';
    return [name, number(median(taken), 1), number(Math.max(...taken), 1), number(cost, 2), verdict];
  });
  console.log(JSON.stringify(machine()));
  console.log(tableOf(['case', 'median ms', 'longest ms', 'of the plain page', 'at most 2'], rows));
  if (rows.some((row) => row.at(-1) === 'NO')) process.exitCode = 1;
}

async function main(): Promise<void> {
  if (options.help) console.log(USAGE);
  else await onBenchBed(run, options.directory);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
