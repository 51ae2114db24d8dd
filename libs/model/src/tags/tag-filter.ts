import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Connection, Parameters } from '@tams/platform';
import type { Tags } from '../common.schema';

/**
 * Tag conditions of a listing: query parameters `tag.{name}` and `tag_exists.{name}`, or the same under another prefix
 * (`flow_tag`, `storage_backend_tag`). Every condition must hold; within `values`, one match is enough, and
 * an empty list matches nothing.
 */
export interface TagFilter {
  readonly values: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly exists: readonly { readonly name: string; readonly exists: boolean }[];
}

/** Values of one condition that are written one by one; more are handed over as lists, so that the statement stays short. */
const WRITTEN_VALUES = 20;

/** Most tag conditions of one request; each costs an index look-up. */
const MAXIMUM_CONDITIONS = 20;

/**
 * Reads the tag conditions out of a query whose other parameters are checked by its schema.
 * Broken conditions become issues of `context`, named after their parameter.
 */
export function tagFilterFrom(
  query: Readonly<Record<string, unknown>>,
  prefix: string,
  context: z.RefinementCtx,
): TagFilter {
  const values: { name: string; values: string[] }[] = [];
  const exists: { name: string; exists: boolean }[] = [];
  for (const [parameter, value] of Object.entries(query)) {
    const complain = (message: string): void => {
      context.addIssue({ code: 'custom', path: [parameter], message });
    };
    const named = nameAfter(`${prefix}.`, parameter);
    const asked = nameAfter(`${prefix}_exists.`, parameter);
    if (named === '' || asked === '') complain('must name a tag after the dot');
    else if (named === '{name}' || asked === '{name}') {
      complain(`must have the name of the tag in place of {name}, for example ${parameter.replace('{name}', 'genre')}`);
    } else if (named !== undefined) {
      if (typeof value !== 'string') complain('must be given once; separate values by commas');
      else values.push({ name: named, values: value.split(',').map(unescaped) });
    } else if (asked !== undefined) {
      if (value !== 'true' && value !== 'false') complain('must be true or false');
      else exists.push({ name: asked, exists: value === 'true' });
    }
    if (values.length + exists.length > MAXIMUM_CONDITIONS) {
      complain(`more than ${MAXIMUM_CONDITIONS} tag conditions in one request`);
      break;
    }
  }
  return { values, exists };
}

/**
 * A comma inside a value is written `%2C`, a per cent sign before such digits `%25`, and both are encoded again for the URL as all
 * of a query is (`a%252Cb`). A comma that is encoded only once still separates: most clients write every comma so.
 */
function unescaped(value: string): string {
  return value.replace(/%2c|%25/gi, (escape) => (escape === '%25' ? '%' : ','));
}

/** What follows a start; `undefined` when the parameter begins otherwise. */
function nameAfter(start: string, parameter: string): string | undefined {
  return parameter.startsWith(start) ? parameter.slice(start.length) : undefined;
}

/** Whether tags fulfil a filter, for what is not in the database (storage backends). */
export function matchesTags(tags: Tags | undefined, filter: TagFilter): boolean {
  const own = (name: string): string[] | undefined => {
    const value = tags && Object.hasOwn(tags, name) ? tags[name] : undefined;
    return value === undefined ? undefined : [value].flat();
  };
  return (
    filter.values.every(({ name, values }) => own(name)?.some((value) => values.includes(value)) ?? false) &&
    filter.exists.every(({ name, exists }) => (own(name) !== undefined) === exists)
  );
}

/**
 * Writes a filter as SQL conditions on a tag table (`name`, `value`, one row a value).
 * @param table tag table, for example `flow_tags`
 * @param owner its column that points at the tagged row, for example `flow_id`
 * @param id expression of the tagged row's id, for example `flows.id`
 */
export function tagConditions(
  filter: TagFilter,
  table: string,
  owner: string,
  id: string,
  parameters: Parameters,
): string[] {
  const tagged = (condition: string): string =>
    `EXISTS (SELECT 1 FROM ${table} t WHERE t.${owner} = ${id} AND ${condition})`;
  const named = (name: string): string => {
    const parameter = parameters.add(name);
    return `md5(t.name) = md5(${parameter}) AND t.name = ${parameter}`;
  };
  return [
    ...filter.values.map(({ name, values }) => {
      if (values.length === 0) return 'false';
      if (values.length > WRITTEN_VALUES) return tagged(`${named(name)} AND ${amongMany(values, parameters)}`);
      // Each value by itself: PostgreSQL then knows how common it is, and chooses the index for rare ones.
      const condition = named(name);
      const places = values.map((value) => parameters.add(value));
      const hashes = places.map((place) => `md5(${place})`);
      return tagged(`${condition} AND md5(t.value) IN (${hashes.join()}) AND t.value IN (${places.join()})`);
    }),
    ...filter.exists.map(({ name, exists }) => `${exists ? '' : 'NOT '}${tagged(named(name))}`),
  ];
}

/** As many values as the caller of a listing has classes, for example: up to some thousands. */
function amongMany(values: readonly string[], parameters: Parameters): string {
  const hashes = values.map((value) => createHash('md5').update(value).digest('hex'));
  const [hashPlace, valuePlace] = [parameters.add(hashes), parameters.add(values)];
  return `md5(t.value) = ANY(${hashPlace}::text[]) AND t.value = ANY(${valuePlace}::text[])`;
}

/**
 * Replaces the rows of one resource in its tag table, which listings are filtered by.
 * @param table tag table, for example `flow_tags`
 * @param owner its column that points at the tagged row, for example `flow_id`
 */
export async function replaceTags(
  connection: Connection,
  table: string,
  owner: string,
  id: string,
  tags: Tags | undefined,
): Promise<void> {
  const { names, values } = tagRows(tags);
  await connection.query(`DELETE FROM ${table} WHERE ${owner} = $1`, [id]);
  if (names.length === 0) return;
  await connection.query(
    `INSERT INTO ${table} (${owner}, name, value)
     SELECT $1, name, value FROM unnest($2::text[], $3::text[]) AS t (name, value)`,
    [id, names, values],
  );
}

/** Rows of a tag table for one set of tags; a tag with an empty list keeps a row without a value, so that it exists. */
function tagRows(tags: Tags | undefined): { names: string[]; values: (string | null)[] } {
  const rows = Object.entries(tags ?? {}).flatMap(([name, value]) => {
    const list: (string | null)[] = [value].flat();
    return (list.length > 0 ? list : [null]).map((item) => ({ name, value: item }));
  });
  return { names: rows.map((row) => row.name), values: rows.map((row) => row.value) };
}
