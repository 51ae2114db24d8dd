import type { Connection } from '@tams/platform';
import { Client } from 'pg';
import { DeletionPreviewRepository } from '../../libs/console/src/deletion/deletion-preview.repository';
import { SegmentRemovalRepository } from '../../libs/segments/src/deletion/segment-removal.repository';
import { fillStore } from '../bench/fill-store';
import { explain, rowsLookedAt } from '../support/query-plans';
import { createTestDatabase } from '../support/test-database';
import { fillDirectly } from './deletion-fixtures';

const FLOWS = 300;
const SEGMENTS = 20_000;
const BATCH = 1000;

let database: Client;

beforeAll(async () => {
  database = new Client({ connectionString: await createTestDatabase() });
  await database.connect();
});
afterAll(() => database.end());

/** A connection that counts the rows at which its statements look. */
function counting(): Connection & { looked: number } {
  const connection = {
    looked: 0,
    query: async (text: string, values: readonly unknown[] = []) => {
      await database.query('BEGIN');
      connection.looked += rowsLookedAt(await explain(database, ['ANALYZE'], text, values));
      await database.query('ROLLBACK');
      const { rows } = await database.query(text, values as unknown[]);
      return rows as never[];
    },
  };
  return connection;
}

describe('of a large Flow, where statistics know none but short ones', () => {
  let flowId: string;
  beforeEach(async () => {
    await database.query('TRUNCATE flows, objects CASCADE');
    const storageId = '11111111-1111-4111-8111-111111111111';
    const shape = { storageId, segments: FLOWS, channels: FLOWS, flows: 0, newsFlows: 0 };
    flowId = await fillStore(database, shape);
    await database.query('TRUNCATE segments, objects CASCADE');
    const { rows: short } = await database.query<{ id: string }>('SELECT id FROM flows WHERE id <> $1', [flowId]);
    for (const { id } of short) await fillDirectly(database, id, 2);
    await database.query('ANALYZE segments, objects');
    // From here on nothing is analysed: the large Flow was ingested a moment ago.
    await database.query('ALTER TABLE segments SET (autovacuum_enabled = false)');
    await database.query('ALTER TABLE objects SET (autovacuum_enabled = false)');
    await fillDirectly(database, flowId, SEGMENTS);
  });

  it('a batch of a deletion looks at its own segments only', async () => {
    const connection = counting();
    const all = { start: 0n, end: 2n ** 62n, objectId: undefined, position: 0n };
    const removed = await new SegmentRemovalRepository().remove(connection, flowId, all, BATCH);
    expect(removed.map(({ timerange }) => timerange)).toEqual(
      Array.from({ length: BATCH }, (_, n) => `[${n}:0_${n + 1}:0)`),
    );
    expect(connection.looked).toBeLessThan(10 * SEGMENTS);
  });

  it('the preview of a deletion looks for other uses of each object by index', async () => {
    const connection = counting();
    const all = { start: 0n, end: 2n ** 62n };
    const doomed = await new DeletionPreviewRepository().doomed(connection, flowId, all, BATCH);
    expect(doomed).toMatchObject({ segments: String(BATCH), objects: String(BATCH), shared_objects: '0' });
    expect(connection.looked).toBeLessThan(10 * SEGMENTS);
  });
});
