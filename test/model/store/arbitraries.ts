import fc from 'fast-check';
import type { CollectionItem, FlowBody, Tags } from './store-model';
import type { SegmentPost } from './segment-rules';
import { timestampOf } from './span';

/** Few things, so that commands meet the same ones again and again. */
const FLOWS = 6;
const SOURCES = 4;
const OBJECTS = 8;

const numbered = (kind: string, index: number): string => `00000000-0000-4000-8000-0000000${kind}000${index}`;
export const flowIds = Array.from({ length: FLOWS }, (_, index) => numbered('f', index));
export const sourceIds = Array.from({ length: SOURCES }, (_, index) => numbered('5', index));
export const objectIds = Array.from({ length: OBJECTS }, (_, index) =>
  index === 3 ? 'odd/object ü?3' : `object-${index}`,
);

export const flowId = fc.constantFrom(...flowIds);
export const sourceId = fc.constantFrom(...sourceIds);
export const objectId = fc.constantFrom(...objectIds);
export const tagName = fc.constantFrom('genre', 'quality', 'constructor', 'a.b', 'ü %/?');
const tagText = fc.constantFrom('news', 'sport', 'full', 'proxy', 'ü&=+ x');
export const tagValue: fc.Arbitrary<string | string[]> = fc.oneof(tagText, fc.array(tagText, { maxLength: 3 }));
const tags: fc.Arbitrary<Tags> = fc.dictionary(tagName, tagValue, { maxKeys: 3 });
export const label = fc.constantFrom('Alpha', 'alpha', 'beta', 'Ömega', '😀', '￼', '', ' ');
export const description = fc.constantFrom('', 'a text', 'ü\n😀');
export const listLimit = fc.option(fc.constantFrom(1, 2, 3, 5), { nil: undefined });
export const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

export const collection: fc.Arbitrary<CollectionItem[]> = fc.uniqueArray(
  fc.record({ id: flowId, role: fc.constantFrom('video', 'audio') }, { requiredKeys: ['id'] }),
  { maxLength: 4, selector: ({ id }) => id },
);

const video = { format: 'urn:x-nmos:format:video', codec: 'video/h264', container: 'video/mp2t' };
const technical = [
  {
    ...video,
    essence_parameters: { frame_rate: { numerator: 25, denominator: 1 }, frame_width: 1920, frame_height: 1080 },
  },
  {
    ...video,
    essence_parameters: { frame_rate: { numerator: 50, denominator: 1 }, frame_width: 640, frame_height: 360 },
  },
  {
    format: 'urn:x-nmos:format:audio',
    codec: 'audio/aac',
    // One container for all: the model moves objects between Flows of every format.
    container: 'video/mp2t',
    essence_parameters: { sample_rate: 48_000, channels: 2 },
  },
  { format: 'urn:x-nmos:format:multi', container: 'video/mp2t' },
] as const;

/** Mostly the usual, now and then something else. */
const mostly = <Value>(usual: Value, other: fc.Arbitrary<Value>, times = 8): fc.Arbitrary<Value> =>
  fc.oneof({ weight: times, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** The Flow of this number as it is at first: Flow n belongs to Source n modulo 4, which has the format of its number. */
export function usualFlow(index: number): FlowBody {
  const place = index % SOURCES;
  return { id: flowIds[index]!, source_id: sourceIds[place]!, ...technical[place]! };
}

/** A Flow whose Source and format mostly fit those of others. */
export const flowBody: fc.Arbitrary<FlowBody> = fc
  .record({
    index: fc.nat(FLOWS - 1),
    source: mostly(undefined, sourceId),
    format: mostly(undefined, fc.nat(SOURCES - 1)),
    container: mostly(true, fc.constant(false)),
    more: fc.record(
      { label, description, tags, max_bit_rate: fc.nat(9000), read_only: mostly(false, fc.constant(true)) },
      { requiredKeys: [] },
    ),
    flow_collection: mostly(undefined, collection, 2),
  })
  .map(({ index, source, format, container: hasContainer, more, flow_collection }) => {
    const { id, source_id } = usualFlow(index);
    const { container, ...rest } = { id, source_id, ...technical[format ?? index % SOURCES]! };
    return {
      ...rest,
      ...(source !== undefined && { source_id: source }),
      ...(hasContainer && { container }),
      ...more,
      ...(flow_collection && { flow_collection }),
    };
  });

/** Instants that touch, nest and miss one another by a nanosecond. */
const instant = fc
  .tuple(fc.integer({ min: -2, max: 6 }), fc.constantFrom(0n, 0n, 0n, 1n, -1n))
  .map(([seconds, offset]) => BigInt(seconds) * 1_000_000_000n + offset);

/** A timerange of any clusivity; also unbounded, instantaneous, empty. */
export const timerange: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom('[', '('), instant, instant, fc.constantFrom(']', ')'))
      .map(([open, a, b, close]) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        return `${open}${timestampOf(from)}_${timestampOf(to)}${close}`;
      }),
  },
  { weight: 1, arbitrary: instant.map((at) => `[${timestampOf(at)}]`) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('[', '('), instant).map(([open, at]) => `${open}${timestampOf(at)}_`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(instant, fc.constantFrom(']', ')')).map(([at, close]) => `_${timestampOf(at)}${close}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('_', '()') },
);

/** Mostly a second or a part of one, with the offset that takes it to the beginning of its object. */
const placement: fc.Arbitrary<{ timerange: string; ts_offset?: string }> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        start: fc.integer({ min: -2, max: 6 }),
        length: fc.constantFrom(1_000_000_000n, 1_000_000_000n, 999_999_999n, 1n, 2_000_000_000n),
        close: fc.constantFrom(')', ')', ')', ']'),
        offset: fc.constantFrom('own', 'own', 'own', undefined, '1:0', '-0:1'),
      })
      .map(({ start, length, close, offset }) => {
        const from = BigInt(start) * 1_000_000_000n;
        return {
          timerange: `[${timestampOf(from)}_${timestampOf(from + length)}${close}`,
          ...(offset && { ts_offset: offset === 'own' ? timestampOf(from) : offset }),
        };
      }),
  },
  { weight: 1, arbitrary: timerange.map((text) => ({ timerange: text })) },
);

/** URLs outside the store; now and then under a label that a storage backend has. */
const getUrls = fc.uniqueArray(
  fc.record({
    label: fc.constantFrom('origin', 'origin', 'cdn', 'cdn', 'default'),
    url: fc.constantFrom('https://a.example.com/1.ts', 'https://a.example.com/1.ts', 'https://b.example.com/2.ts'),
  }),
  { minLength: 1, maxLength: 2, selector: ({ label: name }) => name },
);

export const segmentPost: fc.Arbitrary<SegmentPost> = fc
  .record({
    object_id: objectId,
    place: placement,
    object_timerange: mostly(undefined, fc.constantFrom('[0:0_1:0)', '[0:0_3:0)', '[-5:0_10:0)', '[0:0_1:0]'), 4),
    key_frame_count: mostly(undefined, fc.constantFrom(0, 1, 2), 6),
    get_urls: mostly(undefined, getUrls, 3),
  })
  .map(({ object_id, place, ...more }) => ({
    object_id,
    ...place,
    ...(Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)) as Partial<SegmentPost>),
  }));
