import fc from 'fast-check';
import { flowId, label, listLimit, maybe, sourceId, tagName, timerange } from './arbitraries';
import { isEmpty, overlap, sameSpan, spanOf } from './span';
import { allPages, Step } from './step';
import type { ModelFlow, ModelSource, StoreModel, Tags } from './store-model';

interface Listed {
  readonly id: string;
  readonly [property: string]: unknown;
}

/** Filters both listings have. */
const filters = {
  label: maybe(label),
  tag: maybe(fc.tuple(tagName, fc.constantFrom('news', 'full', 'sport,proxy', 'ü&=+ x', 'new'))),
  exists: maybe(fc.tuple(tagName, fc.boolean())),
  format: maybe(fc.constantFrom('urn:x-nmos:format:video', 'urn:x-nmos:format:audio', 'urn:x-nmos:format:multi')),
  reverse: fc.boolean(),
  limit: listLimit,
};

/** The conditions of a request are few, so that something is left to be listed. */
function few<Request extends object>(request: fc.Arbitrary<Request>): fc.Arbitrary<Request> {
  return fc.tuple(request, fc.nat(2)).map(([all, kept]) => {
    const conditions = Object.keys(all).filter((name) => !['reverse', 'limit', 'sort'].includes(name));
    const set = conditions.filter((name) => all[name as keyof Request] !== undefined);
    return Object.fromEntries(
      Object.entries(all).map(([name, value]) => [
        name,
        set.slice(kept).includes(name) ? undefined : (value as unknown),
      ]),
    ) as Request;
  });
}

const listFlows = few(
  fc.record({
    ...filters,
    within: maybe(timerange),
    source: maybe(sourceId),
    width: maybe(fc.constantFrom(1920, 640, 1)),
    collectedBy: maybe(fc.oneof(fc.constant([]), fc.uniqueArray(flowId, { minLength: 1, maxLength: 2 }))),
    sort: maybe(fc.constantFrom('created', 'metadata_updated', 'label')),
  }),
).map(
  (request) =>
    new Step(`list flows ${JSON.stringify(request)}`, async (model, client) => {
      const { within, source, width, collectedBy, format, ...common } = request;
      const query = {
        timerange: within,
        source_id: source,
        frame_width: width,
        format,
        ...queryOf(common, collectedBy),
      };
      const read = await allPages<Listed>(client, '/flows', query);
      const expected = [...model.flows.values()].filter(
        ({ body }) =>
          (source ?? body.source_id) === body.source_id &&
          (format ?? body.format) === body.format &&
          (width ?? body.essence_parameters?.frame_width) === body.essence_parameters?.frame_width &&
          matches(common, body, body.tags ?? {}) &&
          isCollected(collectedBy, model.collectedBy(body.id)) &&
          isWithin(model, body.id, within),
      );
      expectOrder(read, expected.map(positionOfFlow), request);
    }),
);

const listSources = few(
  fc.record({
    ...filters,
    collectedBy: maybe(fc.oneof(fc.constant([]), fc.uniqueArray(sourceId, { minLength: 1, maxLength: 2 }))),
    sort: maybe(fc.constantFrom('created', 'updated', 'label')),
  }),
).map(
  (request) =>
    new Step(`list sources ${JSON.stringify(request)}`, async (model, client) => {
      const { collectedBy, format, ...common } = request;
      const read = await allPages<Listed>(client, '/sources', { format, ...queryOf(common, collectedBy) });
      const expected = [...model.sources.values()].filter(
        (source) =>
          (format ?? source.format) === source.format &&
          matches(common, source, source.tags) &&
          isCollected(collectedBy, [...model.sourcesCollecting(source.id)]),
      );
      expectOrder(read, expected.map(positionOfSource), request);
    }),
);

interface Common {
  readonly label: string | undefined;
  readonly tag: readonly [string, string] | undefined;
  readonly exists: readonly [string, boolean] | undefined;
  readonly reverse: boolean;
  readonly limit: number | undefined;
  readonly sort: string | undefined;
}

function queryOf(
  request: Common,
  collectedBy: readonly string[] | undefined,
): Record<string, string | number | boolean | undefined> {
  const { tag, exists } = request;
  return {
    label: request.label,
    ...(tag && { [`tag.${tag[0]}`]: tag[1] }),
    ...(exists && { [`tag_exists.${exists[0]}`]: exists[1] }),
    collected_by_ids: collectedBy?.join(),
    sort_by: request.sort,
    reverse_order: request.reverse,
    limit: request.limit,
  };
}

function matches(
  { label: wanted, tag, exists }: Common,
  item: { readonly label?: string | undefined },
  tags: Tags,
): boolean {
  const values = (name: string): readonly string[] | undefined =>
    Object.hasOwn(tags, name) ? [tags[name]!].flat() : undefined;
  return (
    (wanted === undefined || item.label === wanted) &&
    (!tag || (values(tag[0]) ?? []).some((value) => tag[1].split(',').includes(value))) &&
    (!exists || (values(exists[0]) !== undefined) === exists[1])
  );
}

/** An empty list asks for what nothing collects. */
function isCollected(wanted: readonly string[] | undefined, collecting: readonly string[]): boolean {
  if (wanted === undefined) return true;
  return wanted.length === 0 ? collecting.length === 0 : collecting.some((id) => wanted.includes(id));
}

/** An empty timerange asks for Flows without content; `_`, the default, for all. */
function isWithin(model: StoreModel, id: string, within: string | undefined): boolean {
  if (within === undefined || sameSpan(spanOf(within), { low: null, high: null })) return true;
  const own = model.timerangeOf(id, undefined);
  return isEmpty(spanOf(within)) ? isEmpty(own) : overlap(own, spanOf(within));
}

interface Position {
  readonly id: string;
  readonly label: string | undefined;
  readonly created: number;
}

const positionOfFlow = ({ body, created }: ModelFlow): Position => ({ id: body.id, label: body.label, created });
const positionOfSource = ({ id, label: text, created }: ModelSource): Position => ({ id, label: text, created });

/** Compares a listing with what should be in it, in its order. */
function expectOrder(
  read: readonly Listed[],
  expected: readonly Position[],
  { sort = 'created', reverse }: Common,
): void {
  const ids = read.map(({ id }) => id);
  if (sort === 'updated' || sort === 'metadata_updated') {
    // The clock is the server's own, so its order is judged by what it says itself.
    expect([...ids].sort()).toEqual(expected.map(({ id }) => id).sort());
    const times = read.map((item) => String(item[sort]));
    // The server leaves out zeros at the end of a fraction, so texts do not compare as times do.
    const inOrder = times.map(microseconds).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
    expect(times.map(microseconds)).toEqual(reverse ? inOrder.reverse() : inOrder);
    return;
  }
  const sorted = [...expected].sort(sort === 'label' ? byLabel : (a, b) => b.created - a.created);
  expect(ids).toEqual((reverse ? sorted.reverse() : sorted).map(({ id }) => id));
}

/** Alphabetically; what has no label comes after, by its id. */
function byLabel(a: Position, b: Position): number {
  if ((a.label === undefined) !== (b.label === undefined)) return a.label === undefined ? 1 : -1;
  const texts = Buffer.compare(Buffer.from(a.label ?? a.id), Buffer.from(b.label ?? b.id));
  return texts === 0 ? Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) : texts;
}

function microseconds(time: string): bigint {
  const [seconds = '', fraction = ''] = time.replace('Z', '').split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/** Commands that list. */
export const listingSteps: readonly fc.Arbitrary<Step>[] = [listFlows, listFlows, listSources];
