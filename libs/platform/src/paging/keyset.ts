import { z } from 'zod';
import type { Parameters } from '../database/parameters';
import { ValidationError } from '../errors/domain-error';
import { utcMicroseconds } from '../validation/date-time';
import { decodeCursor, encodeCursor } from './cursor';
import { MAXIMUM_PAGE_LIMIT, Page } from './page';
import { PAGE_BYTES } from './page-memory';

/** A total order of a listing: SQL expressions that together are unique, all in one direction. */
export interface Ordering<Item> {
  /** Name of the order as clients give it (`sort_by`); a page key of another order is refused. */
  readonly name: string;
  readonly keys: readonly { readonly expression: string; readonly type: 'timestamptz' | 'text' | 'uuid' | 'boolean' }[];
  /** Whether the largest comes first when `reverse_order` is not given. */
  readonly descending: boolean;
  /** The values of `keys` for one item, as JSON. */
  readonly position: (item: Item) => readonly (string | boolean)[];
}

/** What a listing needs to know of the request. */
export interface PageRequest {
  readonly page?: string | undefined;
  readonly limit: number;
  readonly reverse_order?: boolean | undefined;
}

const cursorSchema = z.object({
  order: z.string(),
  reverse: z.boolean(),
  after: z.array(z.union([z.string().max(4000), z.boolean()])).max(4),
});

/** SQL of one page: what comes after the page key, in order. One row more than asked tells whether there is a next page. */
export interface KeysetClauses {
  readonly condition: string | undefined;
  readonly orderBy: string;
  readonly limit: number;
}

/**
 * Writes ordering and position as SQL. Rows added or removed between two pages neither shift nor repeat others.
 * @throws {ValidationError} when the page key belongs to another order
 */
export function keysetClauses<Item>(
  ordering: Ordering<Item>,
  request: PageRequest,
  parameters: Parameters,
): KeysetClauses {
  const reverse = request.reverse_order ?? false;
  const descending = ordering.descending !== reverse;
  const expressions = ordering.keys.map((key) => key.expression);
  let condition: string | undefined;
  if (request.page !== undefined) {
    const cursor = decodeCursor(request.page, cursorSchema);
    if (cursor.order !== ordering.name || cursor.reverse !== reverse || cursor.after.length !== ordering.keys.length) {
      throw new ValidationError([
        { path: 'query.page', message: 'belongs to another order of this listing; start again without `page`' },
      ]);
    }
    const places = ordering.keys.map(
      (key, index) => `${parameters.add(checked(cursor.after[index], key.type))}::${key.type}`,
    );
    condition = `(${expressions.join(', ')}) ${descending ? '<' : '>'} (${places.join(', ')})`;
  }
  const direction = descending ? 'DESC' : 'ASC';
  return {
    condition,
    orderBy: expressions.map((expression) => `${expression} ${direction}`).join(', '),
    limit: Math.min(request.limit, MAXIMUM_PAGE_LIMIT) + 1,
  };
}

/**
 * Ends a page after the row with which it holds {@link PAGE_BYTES}; its last row then says that there are `more`.
 * @param rows SQL of the page's rows
 * @param alias what `orderBy` and `bytes` call a row
 * @param bytes SQL of what a row holds, in bytes
 */
export function withinPageBytes(
  rows: string,
  { alias, bytes, orderBy }: { readonly alias: string; readonly bytes: string; readonly orderBy: string },
): string {
  return `SELECT * FROM (
      SELECT ${alias}.*, sum(${bytes}) OVER page AS bytes_before, lead(true) OVER page AS more
        -- OFFSET keeps PostgreSQL from working out what a row holds twice: to show it, and to count it.
        FROM (${rows} OFFSET 0) ${alias}
      WINDOW page AS (ORDER BY ${orderBy} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) ${alias}
     WHERE coalesce(bytes_before, 0) < ${PAGE_BYTES} ORDER BY ${orderBy}`;
}

/** Cuts the extra row off and makes the page. */
export function pageOf<Item, Shown>(
  rows: readonly Item[],
  ordering: Ordering<Item>,
  request: PageRequest,
  show: (item: Item) => Shown,
): Page<Shown> {
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  const reverse = request.reverse_order ?? false;
  const endsEarly = (last as { readonly more?: boolean | null } | undefined)?.more === true;
  const nextKey =
    (rows.length > request.limit || endsEarly) && last
      ? encodeCursor({ order: ordering.name, reverse, after: ordering.position(last) })
      : undefined;
  return Page.of(items.map(show), { limit: request.limit, nextKey, reverseOrder: reverse });
}

/** Refuses a forged position before PostgreSQL would choke on it. */
function checked(value: string | boolean | undefined, type: string): string | boolean {
  const kept = type === 'boolean' ? value : typeof value === 'string' ? positionText(value, type) : undefined;
  if (kept === undefined || (typeof kept === 'boolean') !== (type === 'boolean')) {
    throw new ValidationError([
      { path: 'query.page', message: 'is not a page key of this listing; start again without `page`' },
    ]);
  }
  return kept;
}

/** A text of a position as PostgreSQL takes it; undefined when it takes none such. */
function positionText(text: string, type: string): string | undefined {
  if (type === 'timestamptz') return utcMicroseconds(text);
  if (type === 'uuid') return z.uuid().safeParse(text).data;
  return text.includes('\0') || !text.isWellFormed() ? undefined : text;
}

/** `created`, `updated`: most recent first, ties by id. */
export function newestFirst<Column extends string, Item extends Record<Column | 'id', string>>(
  column: Column,
  table: string,
): Ordering<Item> {
  return {
    name: column,
    keys: [
      { expression: `${table}.${column}`, type: 'timestamptz' },
      { expression: `${table}.id`, type: 'uuid' },
    ],
    descending: true,
    position: (item) => [item[column], item.id],
  };
}

/** `label`: alphabetically; what has none comes after, by id. */
export function alphabetical<Item extends { readonly id: string; readonly label: string | null }>(
  table: string,
): Ordering<Item> {
  return {
    name: 'label',
    keys: [
      { expression: `(${table}.label IS NULL)`, type: 'boolean' },
      { expression: `(coalesce(${table}.label, ${table}.id::text)) COLLATE "C"`, type: 'text' },
      { expression: `${table}.id`, type: 'uuid' },
    ],
    descending: false,
    position: (item) => [item.label === null, item.label ?? item.id, item.id],
  };
}
