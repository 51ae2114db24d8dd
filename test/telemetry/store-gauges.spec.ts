import { createDataSource, Database, poolOf } from '@tams/platform';
import { GaugeRefresher } from '@tams/telemetry';
import type { DataSource } from 'typeorm';
import { createTestDatabase } from '../support/test-database';
import { ObjectGauges } from '@tams/objects';
import { StoreGauges } from '../../libs/health/src/store-gauges';

interface Plan {
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

let dataSource: DataSource;
beforeAll(async () => {
  dataSource = createDataSource({ url: await createTestDatabase(), poolSize: 2, statementTimeoutSeconds: 60 });
  await dataSource.initialize();
});
afterAll(() => dataSource.destroy());

/** A database that remembers what it is asked. */
class RecordingDatabase extends Database {
  readonly statements: { text: string; values: readonly unknown[] }[] = [];

  override query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    this.statements.push({ text, values });
    return super.query<Row>(text, values);
  }
}

function tablesOf(plan: Plan): string[] {
  return [...(plan['Relation Name'] ? [plan['Relation Name']] : []), ...(plan.Plans ?? []).flatMap(tablesOf)];
}

it('the gauges of the store never look at segments, however many there are', async () => {
  const database = new RecordingDatabase(poolOf(dataSource));
  const refresher = new GaugeRefresher();
  new StoreGauges(database, refresher).onModuleInit();
  new ObjectGauges(database, refresher).onModuleInit();
  await refresher.refresh();
  const statements = [...database.statements];
  expect(statements.length).toBeGreaterThan(0);
  const tables = new Set<string>();
  for (const { text, values } of statements) {
    const [row] = await database.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
    for (const table of tablesOf(row!['QUERY PLAN'][0]!.Plan)) tables.add(table);
  }
  expect([...tables].sort()).toEqual(['flows', 'object_instances', 'objects', 'sources']);
});
