import { timeRange, timestamp, wholeNumber, type Written, written } from '@tams/model';
import {
  type GetUrl,
  getUrlFilterFrom,
  getUrlList,
  getUrlQueryParameters,
  objectId,
  uncontrolledUrl,
} from '@tams/objects';
import { pagingQuery, queryBoolean } from '@tams/platform';
import type { TimeRange } from '@tams/timing';
import { z } from 'zod';

const MOST_URLS = 100;

/** A timerange with a start, and an end unless it is an instant, for the API document. */
const BOUNDED_TIMERANGE = String.raw`^[\[(]?-?\d+:\d{1,9}(_-?\d+:\d{1,9})?[\])]?$`;

/** Why a timerange cannot be that of stored media; undefined when it can. */
function unfitForMedia(range: TimeRange): string | undefined {
  if (range.start === null || range.end === null) return 'must have a start and an end';
  if (!range.hasNanoseconds()) return 'must not be empty';
  if (!range.isStorable()) return 'must lie between -9223372036:854775807 and 9223372036:854775806';
  return undefined;
}

const mediaTimerange = written(timeRange).superRefine(({ value }, context) => {
  const complaint = unfitForMedia(value);
  if (complaint !== undefined) context.addIssue({ code: 'custom', message: complaint });
});

const segmentTimerange = mediaTimerange.refine(
  ({ value }) => value.isEmpty() || value.includesStart,
  'must include its start, as in [0:0_1:0): the start of a segment is the time of its first sample',
);

const uncontrolledUrls = z
  .array(uncontrolledUrl)
  .max(MOST_URLS, `must not be more than ${MOST_URLS}`)
  .superRefine((urls, context) => {
    const labels = new Set<string>();
    urls.forEach(({ label }, index) => {
      if (labels.has(label)) context.addIssue({ code: 'custom', path: [index, 'label'], message: 'must be unique' });
      labels.add(label);
    });
  });

/** One segment to be registered (schemas/flow-segment-post.json). */
export const flowSegmentPost = z
  .object(
    {
      object_id: objectId,
      init_object_id: objectId.optional().meta({
        description:
          'The initialisation object the media object needs; only when the media object is first registered.',
      }),
      timerange: segmentTimerange.meta({
        pattern: BOUNDED_TIMERANGE,
        description: 'Where the samples lie on the timeline of the Flow; bounded, its start included.',
        examples: ['[20:0_21:0)'],
      }),
      ts_offset: written(timestamp).optional().meta({
        description: 'Time on the timeline of the Flow less time in the media object; default 0:0.',
      }),
      object_timerange: mediaTimerange.optional().meta({
        pattern: BOUNDED_TIMERANGE,
        description:
          'What the whole media object holds, on its own timeline; default timerange less ts_offset. Only when it is first registered.',
      }),
      last_duration: written(timestamp)
        .refine(({ value }) => value.nanoseconds >= 0n, 'must not be negative')
        .optional()
        .meta({ description: 'From the last sample to the end of the timerange.' }),
      sample_offset: wholeNumber.optional().meta({ deprecated: true }),
      sample_count: wholeNumber.optional().meta({ deprecated: true }),
      get_urls: uncontrolledUrls
        .optional()
        .meta({ description: 'URLs outside this store the object can be read from.' }),
      key_frame_count: wholeNumber.optional().meta({
        description: 'Key frames in the media object; only when it is first registered.',
      }),
    },
    'must be a JSON object',
  )
  .superRefine((segment, context) => {
    if (usedRangeOf(segment).isStorable() || !segment.timerange.value.isStorable()) return;
    context.addIssue({
      code: 'custom',
      path: ['ts_offset'],
      message: 'moves the segment out of the range of 64-bit nanoseconds',
    });
  })
  .meta({ id: 'FlowSegmentPost' });
export type FlowSegmentPost = z.output<typeof flowSegmentPost>;

/** The part of the media object a segment uses, on the object's own timeline. */
export function usedRangeOf(segment: {
  readonly timerange: Written<TimeRange>;
  readonly ts_offset?: FlowSegmentPost['ts_offset'];
}): TimeRange {
  return segment.timerange.value.shift(-(segment.ts_offset?.value.nanoseconds ?? 0n));
}

/** Query of GET /flows/{flowId}/segments. */
export const segmentListQuery = z
  .looseObject({
    ...pagingQuery,
    ...getUrlQueryParameters,
    object_id: objectId.optional().meta({ description: 'Only segments of this object.' }),
    timerange: timeRange
      .optional()
      .meta({ description: 'Only segments that overlap this timerange, wholly or partly.' }),
    reverse_order: queryBoolean.default(false).meta({ type: 'boolean', description: 'Latest segments first.' }),
    include_object_timerange: queryBoolean
      .default(false)
      .meta({ type: 'boolean', description: 'Include `object_timerange`, the timerange of the whole media object.' }),
  })
  .transform((query, context) => ({
    page: query.page,
    limit: query.limit,
    object_id: query.object_id,
    timerange: query.timerange,
    reverse_order: query.reverse_order,
    include_object_timerange: query.include_object_timerange,
    getUrls: getUrlFilterFrom(query, context),
  }));
export type SegmentListQuery = z.output<typeof segmentListQuery>;

/** A segment as clients read it (schemas/flow-segment.json). */
export const flowSegment = z
  .object({
    object_id: z.string(),
    timerange: z.string().meta({ description: 'Where the samples lie on the timeline of the Flow.' }),
    ts_offset: z.string().optional(),
    last_duration: z.string().optional(),
    sample_offset: z.int().optional(),
    sample_count: z.int().optional(),
    object_timerange: z.string().optional().meta({ description: 'With `include_object_timerange=true`.' }),
    key_frame_count: z.int().optional(),
    get_urls: getUrlList,
    init_object: z.object({ object_id: z.string(), get_urls: getUrlList }).optional(),
  })
  .meta({ id: 'FlowSegment' });

/** One item of the answer of GET /flows/{flowId}/segments. */
export interface FlowSegment extends Omit<z.output<typeof flowSegment>, 'get_urls' | 'init_object'> {
  readonly get_urls: readonly GetUrl[];
  readonly init_object?: { readonly object_id: string; readonly get_urls: readonly GetUrl[] };
}
