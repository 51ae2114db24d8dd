import { writeFile } from 'node:fs/promises';
import type { Connection } from '@tams/platform';
import { Client } from 'pg';
import { SegmentRepository } from '../../libs/segments/src/segment.repository';
import { type BenchBed, onBenchBed } from './bench-bed';
import { fillStore } from './fill-store';
import { spreadOf, type Spread } from './measurement';
import { migratedDatabase, STORAGE_ID } from './migrated-database';
import { readOptions } from './options';
import { pageOf30 } from './page-of-30';
import { machine, number, spread, tableOf } from './report';

const USAGE = `npm run bench:partitions -- [options]
Segments, objects and instances as they are, beside copies that are partitioned by hash of the Flow and of the object: the statements of
the server on both, in turns, in one session; sizes of indexes; what vacuum takes after a part of the rows was deleted.
  --segments N    (default 1,000,000)
  --partitions N  of each table (default 16)
  --rounds N      rounds of 200 statements each on either (default 15)
  --json FILE     also write all figures as JSON`;

const options = readOptions(USAGE, {
  segments: { type: 'string', default: '1000000' },
  partitions: { type: 'string', default: '16' },
  rounds: { type: 'string', default: '15' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
});

const CHANNELS = 100;
const STATEMENTS = 200;
/** One row in so many is deleted before vacuum. */
const DELETED_SHARE = 50;
const TABLES = {
  segments: 'flow_id',
  objects: 'id',
  object_instances: 'object_id',
} as const;
const LAYOUTS = ['whole', 'parted'] as const;
type Layout = (typeof LAYOUTS)[number];

/** A line of the answer: milliseconds, or megabytes, on either. */
interface Figure {
  readonly name: string;
  readonly whole: Spread;
  readonly parted: Spread;
}

async function main(): Promise<void> {
  if (options.help) console.log(USAGE);
  else await onBenchBed(run);
}

async function run({ postgres, stops }: BenchBed): Promise<void> {
  const client = await migratedDatabase(postgres, stops);
  await fillStore(client, {
    storageId: STORAGE_ID,
    segments: Number(options.segments),
    channels: CHANNELS,
    flows: 1,
    newsFlows: 0,
  });
  await copyTables(client);
  const { rows: flows } = await client.query<{ id: string }>('SELECT id FROM flows WHERE segment_count > 0');
  const ids = flows.map(({ id }) => id);
  const figures = [
    ...(await statements(client, ids)),
    await planning(client, ids),
    ...(await weights(client)),
    await vacuum(client),
  ];
  await report(figures);
}

/** Makes the copies; the partitioned one has the same keys and indexes, but that the key of instances begins with the object. */
async function copyTables(client: Client): Promise<void> {
  for (const [table, column] of Object.entries(TABLES)) {
    await client.query(`CREATE TABLE whole_${table} (LIKE ${table} INCLUDING DEFAULTS INCLUDING GENERATED)`);
    await client.query(
      `CREATE TABLE parted_${table} (LIKE ${table} INCLUDING DEFAULTS INCLUDING GENERATED) PARTITION BY HASH (${column})`,
    );
    const modulus = Number(options.partitions);
    for (let remainder = 0; remainder < modulus; remainder += 1)
      await client.query(
        `CREATE TABLE parted_${table}_${remainder} PARTITION OF parted_${table} FOR VALUES WITH (MODULUS ${modulus}, REMAINDER ${remainder})`,
      );
    for (const layout of LAYOUTS) {
      await client.query(`INSERT INTO ${layout}_${table} SELECT * FROM ${table}`);
      await copyIndexes(client, table, `${layout}_${table}`);
    }
  }
  await client.query('VACUUM ANALYZE');
}

async function copyIndexes(client: Client, table: string, copy: string): Promise<void> {
  const { rows } = await client.query<{ definition: string }>(
    'SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid = $1::regclass',
    [table],
  );
  for (const { definition } of rows) {
    const columns = /USING .*$/.exec(definition)?.[0] ?? '';
    const unique = definition.startsWith('CREATE UNIQUE') ? 'UNIQUE' : '';
    // A unique index needs the column that a table is partitioned by.
    const keyed = table === 'object_instances' ? columns.replace('(id)', '(object_id, id)') : columns;
    await client.query(`CREATE ${unique} INDEX ON ${copy} ${keyed}`);
  }
}

/** Names of the plans that the session keeps. */
const planNames = new Map<string, string>();

/** The statements of the server, on the tables of a layout. */
function connectionOf(client: Client, layout: Layout, named: boolean): Connection {
  return {
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) => {
      const own = text.replaceAll(/\b(FROM|INTO|JOIN) (segments|objects|object_instances)\b/g, `$1 ${layout}_$2`);
      if (!planNames.has(own)) planNames.set(own, `plan_${planNames.size}`);
      const name = named ? { name: planNames.get(own) } : {};
      return (await client.query<Row>({ text: own, values: [...values], ...name })).rows;
    },
  };
}

async function statements(client: Client, flowIds: readonly string[]): Promise<Figure[]> {
  const seconds = Math.floor(Number(options.segments) / CHANNELS);
  const repository = new SegmentRepository();
  const anyFlow = (): string => flowIds[Math.floor(Math.random() * flowIds.length)] ?? '';
  const page = (connection: Connection, timerange: string, reverse: boolean): Promise<unknown> =>
    pageOf30(connection, anyFlow(), timerange, reverse);
  const anywhere = (connection: Connection): Promise<unknown> => {
    const start = Math.floor(Math.random() * (seconds - 30));
    return page(connection, `[${start}:0_${start + 30}:0)`, false);
  };
  const end = BigInt(seconds + 60) * 1_000_000_000n;
  const cases: readonly (readonly [name: string, ask: (connection: Connection) => Promise<unknown>])[] = [
    ['page of 30, anywhere', anywhere],
    ['last minute', (connection) => page(connection, `[${seconds - 60}:0_`, true)],
    [
      'neighbours of a new segment',
      (connection) => repository.overlapping(connection, anyFlow(), [{ start: end, end: end + 1n }]),
    ],
  ];
  const figures: Figure[] = [];
  for (const [name, ask] of cases) figures.push(await inTurns(name, client, ask));
  return figures;
}

async function inTurns(
  name: string,
  client: Client,
  ask: (connection: Connection) => Promise<unknown>,
): Promise<Figure> {
  const connections = {
    whole: connectionOf(client, 'whole', true),
    parted: connectionOf(client, 'parted', true),
  };
  const times: Record<Layout, number[]> = { whole: [], parted: [] };
  for (let round = -1; round < Number(options.rounds); round += 1)
    for (const layout of round % 2 === 0 ? LAYOUTS : LAYOUTS.toReversed()) {
      const taken: number[] = [];
      for (let count = 0; count < STATEMENTS; count += 1) {
        const started = performance.now();
        await ask(connections[layout]);
        taken.push(performance.now() - started);
      }
      if (round >= 0) times[layout].push(spreadOf(taken).median);
    }
  return {
    name: `${name}, ms`,
    whole: spreadOf(times.whole),
    parted: spreadOf(times.parted),
  };
}

/** Of the page of 30 as a statement that is planned each time. */
async function planning(client: Client, flowIds: readonly string[]): Promise<Figure> {
  const times: Record<Layout, number[]> = { whole: [], parted: [] };
  for (let round = 0; round < Number(options.rounds) * 2; round += 1)
    for (const layout of LAYOUTS) {
      const plain = connectionOf(client, layout, false);
      const explaining: Connection = {
        query: async (text, values) => {
          const rows = await plain.query<{ 'QUERY PLAN': string }>(`EXPLAIN (SUMMARY) ${text}`, values);
          const line = rows.map((row) => row['QUERY PLAN']).find((row) => row.startsWith('Planning Time'));
          times[layout].push(Number(/[\d.]+/.exec(line ?? '')?.[0]));
          return [];
        },
      };
      await pageOf30(explaining, flowIds[0] ?? '', '[0:0_30:0)', false);
    }
  return {
    name: 'planning that page anew, ms',
    whole: spreadOf(times.whole),
    parted: spreadOf(times.parted),
  };
}

async function weights(client: Client): Promise<Figure[]> {
  const megabytes = async (layout: Layout, table: string, size: string): Promise<Spread> => {
    const { rows } = await client.query<{ bytes: string }>(
      `SELECT sum(${size}(relid)) AS bytes
         FROM (SELECT $1::regclass AS relid UNION SELECT relid FROM pg_partition_tree($1::regclass)) leaves`,
      [`${layout}_${table}`],
    );
    return spreadOf([Number(rows[0]?.bytes ?? 0) / 1e6]);
  };
  const figures: Figure[] = [];
  for (const table of Object.keys(TABLES))
    figures.push({
      name: `indexes of ${table}, MB`,
      whole: await megabytes('whole', table, 'pg_indexes_size'),
      parted: await megabytes('parted', table, 'pg_indexes_size'),
    });
  return figures;
}

async function vacuum(client: Client): Promise<Figure> {
  const seconds = async (layout: Layout): Promise<Spread> => {
    await client.query(`DELETE FROM ${layout}_segments WHERE end_ns / 1000000000 % ${DELETED_SHARE} = 0`);
    const started = performance.now();
    await client.query(`VACUUM ${layout}_segments`);
    return spreadOf([performance.now() - started]);
  };
  return {
    name: `vacuum of segments, 1 in ${DELETED_SHARE} deleted, ms`,
    whole: await seconds('whole'),
    parted: await seconds('parted'),
  };
}

async function report(figures: readonly Figure[]): Promise<void> {
  if (options.json !== undefined)
    await writeFile(options.json, JSON.stringify({ machine: machine(), options, figures }, null, 2));
  console.log(
    tableOf(
      ['', 'as it is', `${options.partitions} partitions`, 'times'],
      figures.map(({ name, whole, parted }) => [
        name,
        spread(whole, 2),
        spread(parted, 2),
        number(parted.median / whole.median, 2),
      ]),
    ),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
