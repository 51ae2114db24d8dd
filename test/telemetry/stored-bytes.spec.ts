import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { StoredBytes } from '../../libs/objects/src/stored-bytes';
import { createTestDatabase } from '../support/test-database';

/** Ranges of numbers are large, so that instances are given numbers far apart instead of many. */

const [one, other] = [randomUUID(), randomUUID()];
let pool: Pool;
let stored: StoredBytes;

beforeAll(async () => {
  pool = new Pool({ connectionString: await createTestDatabase(), max: 1 });
  stored = new StoredBytes({
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await pool.query<Row>(text, [...values])).rows,
  });
});
afterAll(() => pool.end());

async function add(number: number, storageId: string, bytes: number | null): Promise<void> {
  const id = `object-${number}`;
  await pool.query('INSERT INTO objects (id) VALUES ($1)', [id]);
  await pool.query(
    'INSERT INTO object_instances (id, object_id, storage_id, size_bytes) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4)',
    [number, id, storageId, bytes],
  );
}

/** Looks until the sums are these. @returns how many looks it took */
async function looksUntil(expected: Readonly<Record<string, number>>, atMost: number): Promise<number> {
  let seen: unknown;
  for (let looks = 1; looks <= atMost; looks += 1) {
    const sums = await stored.look();
    seen = sums && Object.fromEntries([...sums].map(([id, bytes]) => [id, Number(bytes)]));
    if (JSON.stringify(seen) === JSON.stringify(expected)) return looks;
  }
  throw new Error(`Not within ${atMost} looks; last seen ${JSON.stringify(seen)}`);
}

it('is empty while there is nothing', async () => {
  expect(await looksUntil({}, 1)).toBe(1);
});

it('is exact at every look while the table is small', async () => {
  await add(1, one, 10);
  await add(2, one, null);
  await add(600_000, other, 5);
  expect(await looksUntil({ [one]: 10, [other]: 5 }, 1)).toBe(1);
  await pool.query('UPDATE object_instances SET size_bytes = 7 WHERE id = 2');
  expect(await looksUntil({ [one]: 17, [other]: 5 }, 1)).toBe(1);
});

it('of a large one it says nothing before it has read all, and then sees old changes in turn', async () => {
  await add(10_000_000, other, 100);
  expect(await stored.look()).toBeUndefined();
  expect(await looksUntil({ [one]: 17, [other]: 105 }, 3)).toBeLessThanOrEqual(2);
  await pool.query('UPDATE object_instances SET size_bytes = 99 WHERE id = 10000000');
  expect(await looksUntil({ [one]: 17, [other]: 104 }, 1)).toBe(1);
  await pool.query('DELETE FROM object_instances WHERE id = 1');
  expect(await looksUntil({ [one]: 7, [other]: 104 }, 20)).toBeLessThanOrEqual(20);
});

it('forgets what was newest when that is gone', async () => {
  await pool.query('DELETE FROM object_instances WHERE id = 10000000');
  expect(await looksUntil({ [one]: 7, [other]: 5 }, 1)).toBe(1);
});
