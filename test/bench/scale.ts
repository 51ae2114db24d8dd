import { writeFile } from 'node:fs/promises';
import type { EmbeddedPostgres } from '@tams/embedded-postgres';
import { Client } from 'pg';
import { type BenchBed, onBenchBed } from './bench-bed';
import { type BenchFlow, BenchStore, segmentsAt } from './bench-store';
import { fillStore } from './fill-store';
import { LIST_LIMIT, LIST_TAG } from './floor-setup';
import type { LoadPlan, LoadRequest } from './load-plan';
import { type Figures, measure, type Measurement, type Spread } from './measurement';
import { cpuSecondsOfFamily } from './processor-time';
import { LoadGenerator, type MeasuredServer, startTamsServer } from './processes';
import { machine, number, spread, tableOf } from './report';
import { readOptions } from './options';
import { buffersOf } from './scale-buffers';

const USAGE = `npm run bench:scale -- [options]
  --segments N[,N…]  segments of each large store (default 1000000)
  --flows N[,N…]     Flows without segments of each large store (default 100000)
  --channels N       Flows over which the segments of a store are spread (default 100)
  --rounds N         rounds of each case on each store (default 7)
  --seconds N        length of a round that reads (default 2)
  --case TEXT        only cases whose name has this in it; may be given again
  --json FILE        also write all figures as JSON
  --directory DIR    keep the stores there, and use what is there already: filling takes minutes
  --buffers          how many pages of 8 kB PostgreSQL touches for statements, on the stores in --directory; no servers, no load
  --fill-only        fill the stores in --directory and measure nothing
The small store has 10,000 of both. Rounds alternate between a server on each. Ends with 1 when something costs more than
1.5 times as much on a large store.`;

const options = readOptions(USAGE, {
  segments: { type: 'string', default: '1000000' },
  flows: { type: 'string', default: '100000' },
  channels: { type: 'string', default: '100' },
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '2' },
  case: { type: 'string', multiple: true, default: [] },
  json: { type: 'string' },
  directory: { type: 'string' },
  buffers: { type: 'boolean', default: false },
  'fill-only': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

const SMALL = 10_000;
/** Flows that carry the tag the listing asks for: as many in both stores. */
const NEWS_FLOWS = 200;
const MOST_TIMES_SLOWER = 1.5;
const CONNECTIONS = 4;
const VARIETY = 500;
const size = {
  seconds: Number(options.seconds),
  registrations: 600,
  batches: 0,
};

/** As many entries in each live playlist: a Flow of the small store is not as long as a window usually is. */
const LIKE_PLAYLISTS = { PLAYBACK_LIVE_WINDOW_SECONDS: '60', PLAYBACK_LIVE_HISTORY_SECONDS: '60' };

/** What a store is filled with. */
interface Size {
  readonly segments: number;
  readonly flows: number;
}

type NamedSize = Size & { readonly name: string };

const SMALL_STORE: NamedSize = { name: 'small', segments: SMALL, flows: SMALL };

/** A filled store and the server on it. */
interface ScaleStore {
  readonly server: MeasuredServer;
  readonly store: BenchStore;
  /** Flows with segments, and where registration goes on in each. */
  readonly channels: readonly BenchFlow[];
  readonly objectIds: readonly string[];
}

async function createStore(name: string, { postgres, directory, stops }: BenchBed, filling: Size): Promise<ScaleStore> {
  await createDatabase(name, postgres);
  const url = new URL(postgres.connectionUrl);
  url.pathname = name;
  const server = await startTamsServer({ databaseUrl: url.href, directory, name, environment: LIKE_PLAYLISTS });
  stops.push(() => server.stop());
  const store = await BenchStore.connect(server.origin, url.href);
  stops.push(() => store.close());
  const database = new Client({ connectionString: url.href });
  await database.connect();
  if ((await filledChannels(database)).length === 0) await fill(name, database, store, filling);
  const channels = await filledChannels(database);
  const { rows } = await database.query<{ object_id: string }>(
    'SELECT object_id FROM segments TABLESAMPLE SYSTEM (LEAST(100, $1::float8)) LIMIT $2',
    [(100 * VARIETY * 2) / filling.segments, VARIETY],
  );
  await database.end();
  return {
    server,
    store,
    channels,
    objectIds: rows.map((row) => row.object_id),
  };
}

async function createDatabase(name: string, postgres: EmbeddedPostgres): Promise<void> {
  const admin = new Client({ connectionString: postgres.superuserUrl });
  await admin.connect();
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) await admin.query(`CREATE DATABASE ${name} OWNER tams`);
  await admin.end();
}

/** The Flows of a store that have segments, and where they end. */
async function filledChannels(database: Client): Promise<BenchFlow[]> {
  const { rows } = await database.query<{ id: string; seconds: string }>(
    'SELECT id, last_end_ns / 1000000000 AS seconds FROM flows WHERE segment_count > 0 ORDER BY id',
  );
  return rows.map(({ id, seconds }) => ({ id, nextSecond: Number(seconds) }));
}

async function fill(name: string, database: Client, store: BenchStore, filling: Size): Promise<void> {
  const started = performance.now();
  const channels = Number(options.channels);
  await fillStore(database, {
    ...filling,
    channels,
    storageId: store.storageId,
    newsFlows: NEWS_FLOWS,
  });
  console.error(
    `Filled the ${name} store with ${number(filling.segments)} segments and ${number(filling.flows)} Flows in ${number((performance.now() - started) / 1000)} s.`,
  );
}

/** One kind of request, made for either store. */
interface ScaleCase {
  readonly name: string;
  readonly plan: (store: ScaleStore) => LoadPlan | Promise<LoadPlan>;
  /** Once for each store, before anything is measured. */
  readonly before?: (store: ScaleStore) => Promise<void>;
}

function reading(name: string, path: (store: ScaleStore, index: number) => string): ScaleCase {
  return {
    name,
    plan: (store) => ({
      label: name,
      requests: Array.from({ length: VARIETY }, (_, index): LoadRequest => ({
        method: 'GET',
        path: path(store, index),
      })),
      status: 200,
      connections: CONNECTIONS,
      pace: { kind: 'cycle', seconds: size.seconds },
    }),
  };
}

function anyOf(channels: readonly BenchFlow[], index: number): BenchFlow {
  const channel = channels[index % channels.length];
  if (!channel) throw new Error('The store has no Flow with segments.');
  return channel;
}

const livePlaylist = ({ id }: BenchFlow): string => `/flows/${id}/output.m3u8?type=live`;
const timerange = (start: number, end: number | ''): string =>
  encodeURIComponent(`[${start}:0_${end === '' ? '' : `${end}:0)`}`);

const cases: readonly ScaleCase[] = [
  reading('page of 30 by timerange', ({ channels }, index) => {
    const { id, nextSecond } = anyOf(channels, index);
    const start = Math.floor(Math.random() * (nextSecond - 30));
    return `/flows/${id}/segments?limit=30&timerange=${timerange(start, start + 30)}`;
  }),
  reading('last minute, latest first', ({ channels }, index) => {
    const { id, nextSecond } = anyOf(channels, index);
    return `/flows/${id}/segments?limit=30&reverse_order=true&timerange=${timerange(nextSecond - 60, '')}`;
  }),
  {
    ...reading('live playlist', ({ channels }, index) => livePlaylist(anyOf(channels, index))),
    // The first request of a Flow writes its playlist down, which is another cost.
    before: async ({ server, channels }) => {
      for (const channel of channels)
        await fetch(`${server.origin}${livePlaylist(channel)}`).then((answer) => answer.text());
    },
  },
  {
    name: 'register one segment',
    plan: async ({ store, channels }) => {
      const flow = anyOf(channels, 0);
      const ids = await store.allocate(flow.id, size.registrations);
      return {
        label: 'register one segment',
        requests: segmentsAt(flow, ids).map((segment): LoadRequest => ({
          method: 'POST',
          path: `/flows/${flow.id}/segments`,
          body: JSON.stringify(segment),
        })),
        status: 201,
        connections: CONNECTIONS,
        pace: { kind: 'once' },
      };
    },
  },
  reading('list of 100 flows by tag', () => `/flows?limit=${LIST_LIMIT}&tag.${LIST_TAG.name}=${LIST_TAG.value}`),
  reading('list of 100 newest flows', () => `/flows?limit=${LIST_LIMIT}`),
  reading('object', ({ objectIds }, index) => `/objects/${objectIds[index % objectIds.length] ?? ''}`),
  reading('/metrics', () => '/metrics'),
];

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  await onBenchBed(run, options.directory, !options['fill-only']);
}

function largeSizes(): Size[] {
  const [segments, flows] = [options.segments, options.flows].map((list) => list.split(',').map(Number));
  if (!segments || segments.length !== flows?.length) throw new Error('--segments and --flows name the same stores.');
  return segments.map((count, index) => ({
    segments: count,
    flows: flows[index] ?? 0,
  }));
}

async function run(bed: BenchBed): Promise<void> {
  const { stops } = bed;
  const large = largeSizes();
  if (options.buffers) {
    await reportBuffers(bed, [SMALL_STORE, ...large.map((one) => ({ name: storeName(one), ...one }))]);
    return;
  }
  const stores = [await createStore('small', bed, { segments: SMALL, flows: SMALL })];
  for (const one of large) stores.push(await createStore(storeName(one), bed, one));
  if (options['fill-only']) return;
  const load = new LoadGenerator();
  stops.push(() => {
    load.stop();
  });
  const bench = {
    load,
    databaseCpuSeconds: () => cpuSecondsOfFamily(bed.postgres.pid),
  };
  const measurements: Measurement[] = [];
  const chosen = cases.filter(
    ({ name }) => options.case.length === 0 || options.case.some((part) => name.includes(part)),
  );
  for (const scaleCase of chosen) {
    console.error(`${scaleCase.name}...`);
    for (const store of stores) await scaleCase.before?.(store);
    const benchCase = {
      name: scaleCase.name,
      round: async (_size: unknown, server: MeasuredServer) => {
        const store = stores.find((candidate) => candidate.server === server);
        if (!store) throw new Error(`There is no store of the server ${server.name}.`);
        return [await scaleCase.plan(store)];
      },
    };
    const servers = stores.map((store) => store.server);
    measurements.push(...(await measure(bench, benchCase, servers, Number(options.rounds), size)));
  }
  await report(measurements, large);
}

async function reportBuffers({ postgres }: BenchBed, stores: readonly NamedSize[]): Promise<void> {
  const columns: Record<string, Spread>[] = [];
  for (const { name } of stores) {
    const url = new URL(postgres.connectionUrl);
    url.pathname = name;
    columns.push(await buffersOf(url.href));
  }
  if (options.json !== undefined)
    await writeFile(
      options.json,
      JSON.stringify(
        stores.map((store, at) => ({ ...store, pages: columns[at] })),
        null,
        2,
      ),
    );
  const rows = Object.keys(columns[0] ?? {}).map((statement) => [
    statement,
    ...columns.map((column) => (column[statement] ? spread(column[statement]) : '')),
  ]);
  console.log(tableOf(['pages of 8 kB, median (range)', ...stores.map(({ name }) => name)], rows));
}

async function report(measurements: readonly Measurement[], large: readonly Size[]): Promise<void> {
  if (options.json !== undefined) {
    const stores = [SMALL_STORE, ...large.map((one) => ({ name: storeName(one), ...one }))];
    await writeFile(options.json, JSON.stringify({ machine: machine(), stores, measurements }, null, 2));
  }
  let dear = false;
  for (const one of large) {
    const name = storeName(one);
    const rows = measurements.map(({ label, figures, ratios }) => {
      const [small, grown, ratio] = [figures['small'], figures[name], ratios[name]];
      if (!small || !grown || !ratio) throw new Error(`Nothing was measured for ${label}.`);
      const verdict = ratio.median <= MOST_TIMES_SLOWER ? 'yes' : 'NO';
      const processor = number(processorTime(grown) / processorTime(small), 2);
      return [label, spread(small.p50, 1), spread(grown.p50, 1), spread(ratio, 2), processor, verdict];
    });
    dear ||= rows.some((row) => row.at(-1) === 'NO');
    console.log(
      `\n${number(one.segments)} segments and ${number(one.flows)} Flows, against ${number(SMALL)} of both:\n`,
    );
    console.log(
      tableOf(
        ['case', 'small p50 ms', 'large p50 ms', 'cost, large : small', 'processor', `at most ${MOST_TIMES_SLOWER}`],
        rows,
      ),
    );
  }
  console.log(
    '\nCost: requests per second on the small store over those on the large one, round by round, median (range).\n' +
      'Processor: what a request takes of it, server and PostgreSQL, large over small; it does not depend on what else the machine does.',
  );
  if (dear) process.exitCode = 1;
}

/** Processor time of a request, in microseconds. */
function processorTime({ cpuMicroseconds, databaseMicroseconds }: Figures): number {
  return cpuMicroseconds.median + databaseMicroseconds.median;
}

/** Name of the database, and the server, of a large store. */
function storeName({ segments }: Size): string {
  return `large_${segments}`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
