import { Client } from 'pg';
import { SegmentRemovalRepository } from '../../libs/segments/src/deletion/segment-removal.repository';
import { fillStore } from '../bench/fill-store';
import { nodesOf, type PlanNode, rowsLookedAt } from '../support/query-plans';
import { createTestDatabase } from '../support/test-database';
import { fillDirectly } from './deletion-fixtures';

const CHANNELS = 300;
const SEGMENTS = 5000;
const BATCH = 1000;

let database: Client;

beforeAll(async () => {
  database = new Client({ connectionString: await createTestDatabase() });
  await database.connect();
});
afterAll(() => database.end());

it('a batch of a deletion looks at its own segments only, also where statistics know none but short Flows', async () => {
  const storageId = '11111111-1111-4111-8111-111111111111';
  const flowId = await fillStore(database, {
    storageId,
    segments: 2 * CHANNELS,
    channels: CHANNELS,
    flows: 0,
    newsFlows: 0,
  });
  // From here on nothing is analysed: a large Flow that was ingested a moment ago.
  await database.query('ALTER TABLE segments SET (autovacuum_enabled = false)');
  await database.query('DELETE FROM segments WHERE flow_id = $1', [flowId]);
  await fillDirectly(database, flowId, SEGMENTS);

  let looked = 0;
  const removed = await new SegmentRemovalRepository().remove(
    {
      query: async (text, values = []) => {
        await database.query('BEGIN');
        const { rows: plans } = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
          values as unknown[],
        );
        await database.query('ROLLBACK');
        looked += rowsLookedAt(nodesOf(plans[0]!['QUERY PLAN'][0].Plan));
        const { rows } = await database.query(text, values as unknown[]);
        return rows as never[];
      },
    },
    flowId,
    { start: 0n, end: 2n ** 62n, objectId: undefined, position: 0n },
    BATCH,
  );
  expect(removed.map(({ timerange }) => timerange)).toEqual(
    Array.from({ length: BATCH }, (_, n) => `[${n}:0_${n + 1}:0)`),
  );
  expect(looked).toBeLessThan(10 * BATCH);
});
