import { Injectable } from '@nestjs/common';
import { matchesTags } from '@tams/model';
import { decodeCursor, encodeCursor, Page } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import { z } from 'zod';
import { storageBackend, type StorageBackend, type StorageBackendListQuery } from './storage-backend.schema';

/** Place in the order: those without a label come last and are ordered by id. */
const position = z.tuple([z.boolean(), z.string(), z.string()]);
const cursor = z.object({ reverse: z.boolean(), after: position });
type Position = z.output<typeof position>;

/** GET /service/storage-backends: a listing of what the configuration holds. */
@Injectable()
export class StorageBackendListing {
  constructor(private readonly backends: StorageBackends) {}

  /** @throws {ValidationError} when the page key is not of this order */
  list(query: StorageBackendListQuery): Page<StorageBackend> {
    const { reverse_order: reverse, limit } = query;
    const direction = reverse ? -1 : 1;
    const after =
      query.page === undefined
        ? undefined
        : decodeCursor(
            query.page,
            cursor.refine((key) => key.reverse === reverse),
          ).after;
    const listed = this.backends.all
      .map(({ details }) => details)
      .filter((details) => matchesTags(details.tags, query.tags))
      .map((details) => ({ details, position: positionOf(details) }))
      .filter((entry) => after === undefined || compare(entry.position, after) * direction > 0)
      .sort((a, b) => compare(a.position, b.position) * direction);
    const page = listed.slice(0, limit);
    const last = page.at(-1);
    const nextKey = listed.length > limit && last ? encodeCursor({ reverse, after: last.position }) : undefined;
    // Parsed, so that only the documented properties leave, whatever else a backend's details may hold.
    return Page.of(
      page.map(({ details }) => storageBackend.parse(details)),
      { limit, nextKey, reverseOrder: reverse },
    );
  }
}

function positionOf({ id, label }: { readonly id: string; readonly label?: string }): Position {
  return [label === undefined, label ?? id, id];
}

function compare(a: Position, b: Position): number {
  const different = ([0, 1, 2] as const).find((index) => a[index] !== b[index]);
  if (different === undefined) return 0;
  return a[different] < b[different] ? -1 : 1;
}
