import { ClassAccess, type Principal, withPrincipal } from '@tams/auth';
import { FlowRepository } from '@tams/flows';
import { migrations } from '@tams/migrations';
import { createDataSource, Database, migrate, NotFoundError, poolOf } from '@tams/platform';
import { startTemporaryCluster } from '../../libs/embedded-postgres/src/testing/temporary-cluster';
import { Client } from 'pg';
import { fillStore } from './fill-store';
import { number, tableOf } from './report';

/**
 * What authorisation by classes costs: the repository's own statements with and without a restriction, on one store, one
 * connection, one after the other. `npm run bench:classes`
 */

const FLOWS = 50_000;
/** Flows of the class `news`; the others are of `sport`. */
const NEWS_FLOWS = 500;
const WARM_UP = 30;
const REPETITIONS = 300;
const CHECKS = 1_000_000;

interface Case {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  readonly milliseconds: number[];
}

const flows = new FlowRepository();

function listing(database: Database, classes?: readonly string[]): () => Promise<unknown> {
  const values = classes ? [{ name: 'auth_classes', values: classes }] : [];
  const order = { sort_by: 'created', reverse_order: false } as const;
  return () => flows.list(database, { limit: 100, page: undefined, ...order, tags: { values, exists: [] } }, classes);
}

/** Cases take turns, so that what else the machine does meets all of them. */
async function measure(cases: readonly Case[]): Promise<void> {
  for (let turn = -WARM_UP; turn < REPETITIONS; turn += 1) {
    for (const { run, milliseconds } of cases) {
      const started = performance.now();
      await run();
      if (turn >= 0) milliseconds.push(performance.now() - started);
    }
  }
}

/** Microseconds of one check of one Flow, in memory. */
function checkCost(enabled: boolean): number {
  const access = new ClassAccess({ enabled, map: [] });
  const groups = ['sport', 'news'];
  const principal: Principal = {
    id: 'x',
    name: 'x',
    scopes: new Set(['read']),
    groups,
    isAdmin: false,
    method: 'bearer',
  };
  const absent = (): NotFoundError => new NotFoundError('absent', 'absent');
  const tags = { auth_classes: ['sport'] };
  return withPrincipal(principal, () => {
    const started = performance.now();
    for (let check = 0; check < CHECKS; check += 1) access.require('read', tags, absent);
    return ((performance.now() - started) * 1000) / CHECKS;
  });
}

async function main(): Promise<void> {
  const cluster = await startTemporaryCluster();
  const dataSource = createDataSource({
    url: cluster.connectionUrl,
    poolSize: 4,
    statementTimeoutSeconds: 60,
    migrations,
  });
  try {
    await dataSource.initialize();
    await migrate(dataSource);
    const client = new Client({ connectionString: cluster.connectionUrl });
    await client.connect();
    const storageId = '11111111-1111-4111-8111-111111111111';
    const flowId = await fillStore(client, { storageId, segments: 1000, flows: FLOWS, newsFlows: NEWS_FLOWS });
    await client.query(
      `INSERT INTO flow_tags (flow_id, name, value) SELECT flow_id, 'auth_classes', value FROM flow_tags WHERE name = 'genre'`,
    );
    await client.query('VACUUM ANALYZE flow_tags');
    await client.end();

    const database = new Database(poolOf(dataSource));
    const many = Array.from({ length: 900 }, (_, index) => `class ${index}`);
    const questions: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
      ['list of 100 newest, off', listing(database)],
      ['list, one class of 99 % of Flows', listing(database, ['sport'])],
      ['list, one class of 1 %', listing(database, ['news'])],
      ['list, 901 classes, of 1 %', listing(database, ['news', ...many])],
      ['one Flow, off', () => flows.find(database, flowId)],
      ['one Flow, on', () => flows.find(database, flowId, ['sport'])],
    ];
    const cases = questions.map(([name, run]): Case => ({ name, run, milliseconds: [] }));
    await measure(cases);
    const rows = cases.map(({ name, milliseconds }) => {
      const sorted = milliseconds.toSorted((a, b) => a - b);
      return [name, ...[0.5, 0.99].map((part) => number(sorted[Math.floor(sorted.length * part)] ?? NaN, 2))];
    });
    console.log(`${FLOWS} Flows, ${NEWS_FLOWS} of them news, ${REPETITIONS} times each\n`);
    console.log(tableOf(['statement', 'p50 ms', 'p99 ms'], rows));
    console.log(`\ncheck in memory: ${number(checkCost(true), 2)} us, off ${number(checkCost(false), 2)} us`);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await cluster.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
