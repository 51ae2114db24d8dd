import { writeFile } from 'node:fs/promises';
import { FlowRepository } from '@tams/flows';
import { ObjectRepository } from '@tams/objects';
import type { Connection } from '@tams/platform';
import { Client } from 'pg';
import { insertAllocatedObjects } from '../../libs/objects/src/allocation/allocation.repository';
import { timeOrderedId } from '../../libs/objects/src/allocation/time-ordered-id';
import { CollectionRepository } from '../../libs/objects/src/collection/collection.repository';
import { SegmentRemovalRepository } from '../../libs/segments/src/deletion/segment-removal.repository';
import { SegmentRepository } from '../../libs/segments/src/segment.repository';
import { type BenchBed, onBenchBed } from './bench-bed';
import { CHURNED_TABLES, ChurnVacuum } from './churn-vacuum';
import { fillStore } from './fill-store';
import { migratedDatabase, STORAGE_ID } from './migrated-database';
import { readOptions } from './options';
import { machine, number, tableOf } from './report';

const USAGE = `npm run bench:churn -- [options]
Registers at the head of a Flow and deletes at its tail, at speed, by the statements of the server: what the tables and their
indexes weigh after a year, and what vacuum takes. Autovacuum is off; VACUUM runs whenever autovacuum would have found enough dead
rows by the settings of the table.
  --window N      segments that are kept (default 20,000)
  --turnovers N   how often all of them are replaced: 52 is a year of a week's retention (default 52)
  --set TEXT      storage parameters of the tables, for example autovacuum_vacuum_scale_factor=0.02; those of the schema otherwise
  --json FILE     also write all figures as JSON`;

const options = readOptions(USAGE, {
  window: { type: 'string', default: '20000' },
  turnovers: { type: 'string', default: '52' },
  set: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
});

/** Segments registered, and deleted, in one transaction. */
const BATCH = 100;
const SECOND = 1_000_000_000n;

/** Weighs the store after each so many turnovers. */
interface Weight {
  readonly turnovers: number;
  /** Of each table with its indexes, in bytes. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly vacuumSeconds: number;
  readonly vacuums: number;
  /** Median of finding the first segment, in milliseconds: the end at which rows go. */
  readonly firstSegmentMs: number;
}

/** One Flow that grows at its head and shrinks at its tail. */
class Churn {
  private readonly segments = new SegmentRepository();
  private readonly removal = new SegmentRemovalRepository();
  private readonly objects = new ObjectRepository();
  private readonly collection = new CollectionRepository();
  private readonly flows = new FlowRepository();
  private readonly connection: Connection;

  constructor(
    private readonly client: Client,
    private readonly flowId: string,
    private readonly storageId: string,
  ) {
    this.connection = {
      query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
        (await client.query<Row>(text, [...values])).rows,
    };
  }

  /** Allocates and registers a batch at this second, as two requests do. */
  async register(second: number): Promise<void> {
    const objectIds = Array.from({ length: BATCH }, () => timeOrderedId()).sort();
    const timed = objectIds.map((id, index) => {
      const start = BigInt(second + index) * SECOND;
      return {
        id,
        objectId: id,
        timerange: `[${second + index}:0_${second + index + 1}:0)`,
        start,
        end: start + SECOND,
      };
    });
    const unknown = { keyFrameCount: undefined, initObjectId: undefined };
    const plain = {
      tsOffset: undefined,
      lastDuration: undefined,
      sampleOffset: undefined,
      sampleCount: undefined,
    };
    await this.transaction(() =>
      insertAllocatedObjects(this.connection, {
        objectIds,
        flowId: this.flowId,
        contentType: 'video/mp2t',
        storageId: this.storageId,
      }),
    );
    await this.transaction(async () => {
      await this.flows.lock(this.connection, this.flowId);
      await this.objects.lock(this.connection, objectIds);
      await this.objects.registerMedia(
        this.connection,
        this.flowId,
        timed.map((object) => ({ ...object, ...unknown })),
      );
      await this.segments.insert(
        this.connection,
        this.flowId,
        timed.map((segment) => ({ ...segment, ...plain })),
      );
    });
  }

  /** Deletes the first batch, and then its objects, as retention and the collector do. */
  async retain(until: number): Promise<void> {
    const doomed = {
      start: 0n,
      end: BigInt(until) * SECOND,
      objectId: undefined,
      position: 0n,
    };
    let objectIds: string[] = [];
    await this.transaction(async () => {
      await this.flows.lock(this.connection, this.flowId);
      const removed = await this.removal.remove(this.connection, this.flowId, doomed, BATCH);
      await this.removal.updateFlow(this.connection, this.flowId, removed, true);
      objectIds = removed.map((segment) => segment.object_id).sort();
      await this.collection.lock(this.connection, objectIds);
      await this.collection.markUnreferencedMedia(this.connection, objectIds);
    });
    await this.transaction(() => this.collection.claim(this.connection, objectIds));
    await this.transaction(() => this.collection.remove(this.connection, objectIds));
  }

  /** Milliseconds of finding the first segment. */
  async firstSegment(): Promise<number> {
    const started = performance.now();
    await this.client.query('SELECT end_ns FROM segments WHERE flow_id = $1 ORDER BY end_ns LIMIT 1', [this.flowId]);
    return performance.now() - started;
  }

  private async transaction(work: () => Promise<unknown>): Promise<void> {
    await this.client.query('BEGIN');
    await work();
    await this.client.query('COMMIT');
  }
}

async function main(): Promise<void> {
  if (options.help) console.log(USAGE);
  else await onBenchBed(run);
}

async function run({ postgres, stops }: BenchBed): Promise<void> {
  const client = await migratedDatabase(postgres, stops);
  const flowId = await fillStore(client, {
    storageId: STORAGE_ID,
    segments: 0,
    flows: 1,
    newsFlows: 0,
  });
  const vacuum = await ChurnVacuum.begin(client, options.set);
  const weights = await turnOver(new Churn(client, flowId, STORAGE_ID), client, vacuum);
  await report(weights);
}

async function turnOver(churn: Churn, client: Client, vacuum: ChurnVacuum): Promise<Weight[]> {
  const [window, turnovers] = [Number(options.window), Number(options.turnovers)];
  const weights: Weight[] = [];
  const latencies: number[] = [];
  for (let second = 0; second < window * (turnovers + 1); second += BATCH) {
    await churn.register(second);
    if (second >= window) await churn.retain(second - window + BATCH);
    latencies.push(await churn.firstSegment());
    await vacuum.runIfDue();
    const done = (second + BATCH) / window - 1;
    if (!Number.isInteger(done) || (done > 0 && done % Math.ceil(turnovers / 4) !== 0 && done !== turnovers)) continue;
    const { seconds: vacuumSeconds, runs: vacuums } = vacuum;
    const firstSegmentMs = latencies.splice(0).sort((a, b) => a - b)[0] ?? 0;
    weights.push({
      turnovers: done,
      bytes: await sizes(client),
      vacuumSeconds,
      vacuums,
      firstSegmentMs,
    });
    console.error(`${done} of ${turnovers}...`);
  }
  return weights;
}

async function sizes(client: Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `SELECT c.relname AS name, pg_relation_size(c.oid) AS bytes FROM pg_class c
      WHERE c.oid = ANY($1::regclass[]) OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY($1::regclass[]))
      ORDER BY 1`,
    [CHURNED_TABLES],
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

async function report(weights: readonly Weight[]): Promise<void> {
  if (options.json !== undefined)
    await writeFile(options.json, JSON.stringify({ machine: machine(), options, weights }, null, 2));
  const names = Object.keys(weights[0]?.bytes ?? {}).filter((name) =>
    weights.some(({ bytes }) => (bytes[name] ?? 0) > 100_000),
  );
  const megabytes = (bytes = 0): string => number(bytes / 1e6, 1);
  console.log(
    tableOf(
      ['after turnovers', ...weights.map(({ turnovers }) => String(turnovers))],
      [
        ...names.map((name) => [`${name}, MB`, ...weights.map(({ bytes }) => megabytes(bytes[name]))]),
        [
          'together, MB',
          ...weights.map(({ bytes }) => megabytes(Object.values(bytes).reduce((sum, one) => sum + one, 0))),
        ],
        ['vacuums so far', ...weights.map(({ vacuums }) => String(vacuums))],
        ['seconds of vacuum so far', ...weights.map(({ vacuumSeconds }) => number(vacuumSeconds, 1))],
        ['first segment, quickest ms', ...weights.map(({ firstSegmentMs }) => number(firstSegmentMs, 2))],
      ],
    ),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
