import type { ListedObject } from '@tams/storage';
import { batchesOf, mergedPairs, UnorderedListingError } from './comparison';
import type { IndexEntry } from './reconciliation.repository';

async function* listing(...ids: string[]): AsyncGenerator<ListedObject> {
  for (const objectId of ids) yield await Promise.resolve({ objectId, sizeBytes: 1, modified: new Date(0) });
}

async function* index(...ids: string[]): AsyncGenerator<IndexEntry> {
  for (const object_id of ids) {
    yield await Promise.resolve({ id: '1', object_id, state: 'ready', size_bytes: '1', expected: true });
  }
}

async function pairs(listed: string[], indexed: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { objectId, listed: left, entry } of mergedPairs(listing(...listed), index(...indexed))) {
    found.push(`${objectId}:${left ? 'backend' : ''}${entry ? 'index' : ''}`);
  }
  return found;
}

describe('mergedPairs', () => {
  it('puts both sides of each object together', async () => {
    expect(await pairs(['a', 'c', 'd'], ['b', 'c', 'e'])).toEqual([
      'a:backend',
      'b:index',
      'c:backendindex',
      'd:backend',
      'e:index',
    ]);
    expect(await pairs([], ['a', 'b'])).toEqual(['a:index', 'b:index']);
    expect(await pairs(['a', 'b'], [])).toEqual(['a:backend', 'b:backend']);
    expect(await pairs([], [])).toEqual([]);
  });

  it('orders by UTF-8 bytes, where JavaScript and a dictionary order otherwise', async () => {
    const ids = ['A', 'Z', 'a', 'é', '\uffee', '😀'];
    expect(await pairs(ids, ids)).toEqual(ids.map((id) => `${id}:backendindex`));
  });

  it.each([[['b', 'a']], [['a', 'a']]])('refuses to conclude anything from a listing out of order: %s', async (ids) => {
    await expect(pairs(ids, [])).rejects.toThrow(UnorderedListingError);
  });
});

it('cuts a sequence into batches, the last one shorter', async () => {
  const batches: string[][] = [];
  for await (const batch of batchesOf(listing('a', 'b', 'c'), 2)) batches.push(batch.map(({ objectId }) => objectId));
  expect(batches).toEqual([['a', 'b'], ['c']]);
});
