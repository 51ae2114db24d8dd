import type { ListedObject } from '@tams/storage';
import type { IndexEntry } from './reconciliation.repository';

/**
 * An object as both sides have it; at least one of the two is there. Both sides were read at different moments of a live
 * store, so a difference is a suspicion, not yet a finding.
 */
export interface Pair {
  readonly objectId: string;
  readonly listed?: ListedObject;
  readonly entry?: IndexEntry;
}

/** A backend lists objects in another order than it should; nothing can be concluded from that. */
export class UnorderedListingError extends Error {
  override readonly name = 'UnorderedListingError';

  constructor(before: string, after: string) {
    super(
      `the backend lists ${JSON.stringify(before)} before ${JSON.stringify(after)}, which is not the order of keys`,
    );
  }
}

/**
 * Walks two ascending sequences side by side, in constant memory and one pass.
 * @throws {UnorderedListingError}
 */
export async function* mergedPairs(
  listing: AsyncIterator<ListedObject>,
  index: AsyncIterator<IndexEntry>,
): AsyncGenerator<Pair> {
  let [left, right] = [await listing.next(), await index.next()];
  while (!left.done || !right.done) {
    const order = left.done ? 1 : right.done ? -1 : inBytes(left.value.objectId, right.value.object_id);
    const listed = order <= 0 && !left.done ? left.value : undefined;
    const entry = order >= 0 && !right.done ? right.value : undefined;
    yield {
      objectId: listed?.objectId ?? entry?.object_id ?? '',
      ...(listed && { listed }),
      ...(entry && { entry }),
    };
    if (listed) {
      left = await listing.next();
      if (!left.done && inBytes(listed.objectId, left.value.objectId) >= 0) {
        throw new UnorderedListingError(listed.objectId, left.value.objectId);
      }
    }
    if (entry) right = await index.next();
  }
}

/** Cuts a sequence into arrays of at most `size`. */
export async function* batchesOf<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Order of UTF-8 bytes, which is that of S3 and of PostgreSQL's "C" collation, and not that of JavaScript's `<`. */
function inBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
