import { writeFile } from 'node:fs/promises';
import type { EmbeddedPostgres } from '@tams/embedded-postgres';
import { Client } from 'pg';
import { type BenchBed, onBenchBed } from './bench-bed';
import { type BenchFlow, BenchStore, segmentsAt } from './bench-store';
import { fillStore } from './fill-store';
import { LIST_LIMIT, LIST_TAG } from './floor-setup';
import type { LoadPlan, LoadRequest } from './load-plan';
import { measure, type Measurement } from './measurement';
import { LoadGenerator, type MeasuredServer, startTamsServer } from './processes';
import { machine, number, spread, tableOf } from './report';
import { readOptions } from './options';

const USAGE = `npm run bench:scale -- [options]
  --segments N    segments of the long Flow of the large store (default 1,000,000)
  --flows N       Flows of the large store (default 100,000)
  --rounds N      rounds of each case on each store (default 7)
  --seconds N     length of a round that reads (default 2)
  --json FILE     also write all figures as JSON
  --directory DIR keep the stores there, and use what is there already: filling takes minutes
  --fill-only     fill the stores in --directory and measure nothing
The small store has 10,000 of both. Rounds alternate between a server on each. Ends with 1 when something costs more than
1.5 times as much on the large store.`;

const options = readOptions(USAGE, {
  segments: { type: 'string', default: '1000000' },
  flows: { type: 'string', default: '100000' },
  rounds: { type: 'string', default: '7' },
  seconds: { type: 'string', default: '2' },
  json: { type: 'string' },
  directory: { type: 'string' },
  'fill-only': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

const SMALL = 10_000;
/** Flows that carry the tag the listing asks for: as many in both stores. */
const NEWS_FLOWS = 200;
const MOST_TIMES_SLOWER = 1.5;
const CONNECTIONS = 4;
const VARIETY = 500;
const size = { seconds: Number(options.seconds), registrations: 600, batches: 0 };

/** A filled store and the server on it. */
interface ScaleStore {
  readonly server: MeasuredServer;
  readonly store: BenchStore;
  readonly flowId: string;
  readonly segments: number;
  readonly objectIds: readonly string[];
  /** Where registration goes on, in seconds. */
  readonly end: BenchFlow;
}

async function createStore(
  name: string,
  postgres: EmbeddedPostgres,
  directory: string,
  filling: { readonly segments: number; readonly flows: number },
  stops: (() => unknown)[],
): Promise<ScaleStore> {
  await createDatabase(name, postgres);
  const url = new URL(postgres.connectionUrl);
  url.pathname = name;
  const server = await startTamsServer({ databaseUrl: url.href, directory, name });
  stops.push(() => server.stop());
  const store = await BenchStore.connect(server.origin, url.href);
  stops.push(() => store.close());
  const database = new Client({ connectionString: url.href });
  await database.connect();
  const end = (await longFlow(database)) ?? (await filledFlow(name, database, store, filling));
  const { rows } = await database.query<{ object_id: string }>(
    'SELECT object_id FROM segments TABLESAMPLE BERNOULLI (LEAST(100, $1::float8)) LIMIT $2',
    [(100 * VARIETY * 2) / filling.segments, VARIETY],
  );
  await database.end();
  return {
    server,
    store,
    flowId: end.id,
    segments: filling.segments,
    objectIds: rows.map((row) => row.object_id),
    end,
  };
}

async function createDatabase(name: string, postgres: EmbeddedPostgres): Promise<void> {
  const admin = new Client({ connectionString: postgres.superuserUrl });
  await admin.connect();
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) await admin.query(`CREATE DATABASE ${name} OWNER tams`);
  await admin.end();
}

/** The long Flow of a store that was filled before, and where it ends; `undefined` in an empty store. */
async function longFlow(database: Client): Promise<BenchFlow | undefined> {
  const { rows } = await database.query<{ id: string; seconds: string }>(
    'SELECT id, last_end_ns / 1000000000 AS seconds FROM flows WHERE segment_count > 0 ORDER BY segment_count DESC LIMIT 1',
  );
  return rows[0] && { id: rows[0].id, nextSecond: Number(rows[0].seconds) };
}

async function filledFlow(
  name: string,
  database: Client,
  store: BenchStore,
  filling: { readonly segments: number; readonly flows: number },
): Promise<BenchFlow> {
  const started = performance.now();
  const id = await fillStore(database, { ...filling, storageId: store.storageId, newsFlows: NEWS_FLOWS });
  console.error(
    `Filled the ${name} store with ${number(filling.segments)} segments and ${number(filling.flows)} Flows in ${number((performance.now() - started) / 1000)} s.`,
  );
  return { id, nextSecond: filling.segments };
}

/** One kind of request, made for either store. */
interface ScaleCase {
  readonly name: string;
  readonly plan: (store: ScaleStore) => LoadPlan | Promise<LoadPlan>;
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

const timerange = (start: number, end: number | ''): string =>
  encodeURIComponent(`[${start}:0_${end === '' ? '' : `${end}:0)`}`);

const cases: readonly ScaleCase[] = [
  reading('page of 30 by timerange', ({ flowId, segments }) => {
    const start = Math.floor(Math.random() * (segments - 30));
    return `/flows/${flowId}/segments?limit=30&timerange=${timerange(start, start + 30)}`;
  }),
  reading(
    'last minute, latest first',
    ({ flowId, end }) =>
      `/flows/${flowId}/segments?limit=30&reverse_order=true&timerange=${timerange(end.nextSecond - 60, '')}`,
  ),
  {
    name: 'register one segment',
    plan: async ({ store, end }) => {
      const ids = await store.allocate(end.id, size.registrations);
      return {
        label: 'register one segment',
        requests: segmentsAt(end, ids).map((segment): LoadRequest => ({
          method: 'POST',
          path: `/flows/${end.id}/segments`,
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
  await onBenchBed(run, options.directory);
}

async function run({ directory, postgres, stops }: BenchBed): Promise<void> {
  const large = { segments: Number(options.segments), flows: Number(options.flows) };
  const stores = [
    await createStore('small', postgres, directory, { segments: SMALL, flows: SMALL }, stops),
    await createStore('large', postgres, directory, large, stops),
  ];
  if (options['fill-only']) return;
  const load = new LoadGenerator();
  stops.push(() => {
    load.stop();
  });
  const measurements: Measurement[] = [];
  for (const scaleCase of cases) {
    console.error(`${scaleCase.name}...`);
    const benchCase = {
      name: scaleCase.name,
      round: async (_size: unknown, server: MeasuredServer) => {
        const store = stores.find((candidate) => candidate.server === server);
        if (!store) throw new Error(`There is no store of the server ${server.name}.`);
        return [await scaleCase.plan(store)];
      },
    };
    const servers = stores.map((store) => store.server);
    measurements.push(...(await measure({ load }, benchCase, servers, Number(options.rounds), size)));
  }
  await report(measurements, large);
}

async function report(measurements: readonly Measurement[], large: object): Promise<void> {
  if (options.json !== undefined) {
    await writeFile(options.json, JSON.stringify({ machine: machine(), small: SMALL, large, measurements }, null, 2));
  }
  const rows = measurements.map(({ label, figures, ratios }) => {
    const [small, grown] = [figures['small'], figures['large']];
    const ratio = ratios['large'];
    if (!small || !grown || !ratio) throw new Error(`Nothing was measured for ${label}.`);
    const verdict = ratio.median <= MOST_TIMES_SLOWER ? 'yes' : 'NO';
    return [label, spread(small.p50, 2), spread(grown.p50, 2), spread(ratio, 2), verdict];
  });
  console.log(
    `\n${tableOf(['case', 'small p50 ms', 'large p50 ms', 'cost, large : small', `at most ${MOST_TIMES_SLOWER}`], rows)}`,
  );
  console.log(
    '\nCost: requests per second on the small store over those on the large one, round by round, median (range).',
  );
  if (rows.some((row) => row.at(-1) === 'NO')) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
