import { z } from 'zod';
import { exactRatio, Failure, reasonOf } from '@tams/media';

/** The key of TAMS metadata (AppNotes 0014 and 0015). */
export const TAMS_METADATA = 'bbc.github.io/tams';

/** Times are kept exactly: a count of nanoseconds since 1970 is more than a JavaScript number holds. */
const rationalTime = z.looseObject({
  value: z.union([z.bigint(), z.number()]),
  rate: z.union([z.bigint(), z.number()]),
});
const timeRange = z.looseObject({ start_time: rationalTime, duration: rationalTime });
const mediaReference = z.looseObject({
  OTIO_SCHEMA: z.string(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  available_range: timeRange.nullish(),
  target_url: z.string().optional(),
});
const item = z.looseObject({
  OTIO_SCHEMA: z.string(),
  name: z.string().nullish(),
  source_range: timeRange.nullish(),
  effects: z.array(z.unknown()).nullish(),
  enabled: z.boolean().optional(),
  media_reference: mediaReference.nullish(),
  media_references: z.record(z.string(), mediaReference).nullish(),
  active_media_reference_key: z.string().optional(),
});
const track = z.looseObject({ OTIO_SCHEMA: z.string(), kind: z.string().optional(), children: z.array(item) });
const timeline = z.looseObject({
  OTIO_SCHEMA: z.string().startsWith('Timeline.'),
  name: z.string().nullish(),
  tracks: z.looseObject({ children: z.array(track) }),
});

type Item = z.infer<typeof item>;
type RationalTime = z.infer<typeof rationalTime>;
type MediaReference = z.infer<typeof mediaReference>;

/** What a clip of a composition refers to, by the ids that a TAMS knows. */
export type ClipReference = { readonly flowId: string } | { readonly sourceId: string };

/** A clip or a gap; nanoseconds. A clip without a range is everything there is. */
export type CompositionItem =
  { readonly gap: bigint } | { readonly reference: ClipReference; readonly start?: bigint; readonly end?: bigint };

/** A composition that only puts clips one behind the other. */
export interface Composition {
  name: string;
  tracks: { kind: 'video' | 'audio'; items: CompositionItem[] }[];
}

/**
 * Reads an OpenTimelineIO timeline (`Timeline.1`) whose clips refer to a TAMS.
 * @throws Failure where it is none, or holds what cannot be made by reference: effects, transitions, nested compositions
 */
export function readComposition(name: string, text: string): Composition {
  const parsed = timeline.safeParse(parseExactly(name, text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new Failure(`${name} is not an OpenTimelineIO timeline: ${where}${where && ' '}${issue?.message ?? ''}`);
  }
  const tracks = parsed.data.tracks.children.map((each) => {
    if (!each.OTIO_SCHEMA.startsWith('Track.')) throw cannot(name, `a ${each.OTIO_SCHEMA} among its tracks`);
    const kind = each.kind === 'Audio' ? ('audio' as const) : ('video' as const);
    return { kind, items: each.children.map((child) => readItem(name, child)) };
  });
  return { name: parsed.data.name ?? name, tracks: tracks.filter(({ items }) => items.length > 0) };
}

function readItem(name: string, child: Item): CompositionItem {
  const title = child.name ?? child.OTIO_SCHEMA;
  if (child.OTIO_SCHEMA.startsWith('Gap.')) return { gap: durationOf(name, child) };
  if (!child.OTIO_SCHEMA.startsWith('Clip.')) throw cannot(name, `a ${child.OTIO_SCHEMA}`);
  if ((child.effects ?? []).length > 0) throw cannot(name, `effects on the clip ${title}`);
  if (child.enabled === false) return { gap: durationOf(name, child) };
  const key = child.active_media_reference_key ?? 'DEFAULT_MEDIA';
  const media = child.media_reference ?? child.media_references?.[key];
  const reference = media && referenceOf(media);
  if (!media || !reference) {
    throw new Failure(`${name}: the clip ${title} refers to no Flow or Source of a TAMS`, {
      next: 'A reference looks like tams://host/flows/<id> (AppNote 0015).',
    });
  }
  const range = child.source_range ?? media.available_range;
  if (!range) return { reference };
  const start = nanosecondsOf(range.start_time) + offsetOf(media);
  return { reference, start, end: start + nanosecondsOf(range.duration) };
}

/** The URL decides; the metadata may say the same in ids. */
function referenceOf(media: MediaReference): ClipReference | undefined {
  const found = /^(?:tamss?|https?):\/\/[^?#]*\/(flows|sources)\/([0-9a-f-]{36})\b/i.exec(media.target_url ?? '');
  if (found) return found[1] === 'flows' ? { flowId: found[2] ?? '' } : { sourceId: found[2] ?? '' };
  const ids = media.metadata?.[TAMS_METADATA] as { flow_id?: unknown; source_id?: unknown } | undefined;
  if (typeof ids?.flow_id === 'string') return { flowId: ids.flow_id };
  return typeof ids?.source_id === 'string' ? { sourceId: ids.source_id } : undefined;
}

/** What to add to the clip's times to get Flow times (AppNote 0015, `available_range_offset`). */
function offsetOf(media: MediaReference): bigint {
  const offset = (media.metadata?.[TAMS_METADATA] as { available_range_offset?: unknown } | undefined)
    ?.available_range_offset;
  const [, sign, seconds, nanoseconds] = typeof offset === 'string' ? (/^(-?)(\d+):(\d{1,9})$/.exec(offset) ?? []) : [];
  if (seconds === undefined || nanoseconds === undefined) return 0n;
  const size = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
  return sign === '-' ? -size : size;
}

function durationOf(name: string, child: Item): bigint {
  if (!child.source_range) throw cannot(name, `a ${child.OTIO_SCHEMA} without a source_range`);
  return nanosecondsOf(child.source_range.duration);
}

/** A count at a rate, such as frames at 29.97, as nanoseconds. */
export function nanosecondsOf({ value, rate }: RationalTime): bigint {
  const { numerator, denominator } = exactRatio(Number(rate));
  if (typeof value !== 'bigint') return BigInt(Math.round((value * 1e9 * denominator) / numerator));
  const doubled = (2n * value * 1_000_000_000n * BigInt(denominator)) / BigInt(numerator);
  return (doubled + (doubled >= 0n ? 1n : -1n)) / 2n;
}

/** Numbers written without a fraction (`1723124086620000000.0` too) become bigint, so that none is rounded. */
function parseExactly(name: string, text: string): unknown {
  const revive = (_key: string, value: unknown, context?: { source?: string }): unknown => {
    const whole = typeof value === 'number' ? /^(-?\d+)(?:\.0+)?$/.exec(context?.source ?? '')?.[1] : undefined;
    return whole === undefined ? value : BigInt(whole);
  };
  try {
    return JSON.parse(text, revive);
  } catch (error) {
    throw new Failure(`${name} is not JSON: ${reasonOf(error)}`, { cause: error });
  }
}

function cannot(name: string, what: string): Failure {
  return new Failure(`${name} holds ${what}, which cannot be made by reference`, {
    next: 'Render it to new media, or simplify the composition to clips and gaps in tracks.',
  });
}

/** A clip to write. */
export interface ClipToWrite {
  name: string;
  flowId: string;
  /** Nanoseconds on the timeline of that Flow. */
  start: bigint;
  end: bigint;
}

/** Writes clips and gaps as an OpenTimelineIO timeline. @param server base URL; `tams://` stands for HTTP, `tamss://` for HTTPS */
export function writeComposition(
  name: string,
  server: string,
  tracks: { kind: 'video' | 'audio'; items: ({ gap: bigint } | ClipToWrite)[] }[],
  renderedSourceId: string,
): string {
  const base = server.replace(/^http/, 'tams');
  const common = { effects: [], markers: [], enabled: true };
  const children = tracks.map(({ kind, items }) => ({
    OTIO_SCHEMA: 'Track.1',
    metadata: {},
    name: kind,
    source_range: null,
    ...common,
    kind: kind === 'video' ? 'Video' : 'Audio',
    children: items.map((each) => ('gap' in each ? gapOf(each.gap) : clipOf(each, base))),
  }));
  const written = {
    OTIO_SCHEMA: 'Timeline.1',
    metadata: { [TAMS_METADATA]: { rendered_source_id: renderedSourceId } },
    name,
    global_start_time: null,
    tracks: { OTIO_SCHEMA: 'Stack.1', metadata: {}, name: 'tracks', source_range: null, ...common, children },
  };
  return `${JSON.stringify(written, null, 2).replace(/"#(-?\d+)#"/g, '$1.0')}\n`;
}

function gapOf(duration: bigint): object {
  return {
    OTIO_SCHEMA: 'Gap.1',
    metadata: {},
    name: '',
    source_range: rangeOf(0n, duration),
    effects: [],
    markers: [],
    enabled: true,
  };
}

function clipOf({ name, flowId, start, end }: ClipToWrite, base: string): object {
  return {
    OTIO_SCHEMA: 'Clip.2',
    metadata: {},
    name,
    source_range: rangeOf(start, end - start),
    effects: [],
    markers: [],
    enabled: true,
    media_references: {
      DEFAULT_MEDIA: {
        OTIO_SCHEMA: 'ExternalReference.1',
        metadata: { [TAMS_METADATA]: { flow_id: flowId } },
        name,
        available_range: null,
        available_image_bounds: null,
        target_url: `${base}/flows/${flowId}`,
      },
    },
    active_media_reference_key: 'DEFAULT_MEDIA',
  };
}

/** Marked, so that every digit can be written: JSON.stringify knows no exact large numbers. */
function rangeOf(start: bigint, duration: bigint): object {
  const time = (value: bigint): object => ({ OTIO_SCHEMA: 'RationalTime.1', rate: 1e9, value: `#${value}#` });
  return { OTIO_SCHEMA: 'TimeRange.1', duration: time(duration), start_time: time(start) };
}
