import { documentedAs, type DomainError, fieldErrors, forwardIssues, ValidationError } from '@tams/platform';
import { TimeRange, TimingError } from '@tams/timing';
import { z } from 'zod';
import { type FlowSegmentPost, flowSegmentPost } from '../segment.schema';

/** Most segments of one request. */
export const MAXIMUM_BATCH = 10_000;

/** Malformed items that are set aside; a list with more of them is refused whole: its sender does not know the form. */
export const MOST_MALFORMED = 100;

/** One item of a request: a well-formed segment, or why it is none. */
export type SegmentItem =
  | { readonly segment: FlowSegmentPost; readonly error?: undefined }
  | { readonly segment?: undefined; readonly error: DomainError; readonly raw: unknown };

/** What was posted: one segment, or a list whose items succeed and fail each by itself. */
export type SegmentBatch =
  | { readonly single: true; readonly items: readonly [SegmentItem] }
  | { readonly single: false; readonly items: readonly SegmentItem[] };

/** POST /flows/{flowId}/segments as the API document shows it; the server checks a list item by item. */
const segmentBatchDocument = z
  .union([flowSegmentPost, z.array(flowSegmentPost).min(1).max(MAXIMUM_BATCH).meta({ id: 'FlowSegmentList' })])
  .meta({ id: 'FlowSegmentBatch', description: 'One segment, or a list of them.' });

/**
 * Body of POST /flows/{flowId}/segments. One malformed segment is refused whole; a malformed item of a list is set aside,
 * so that the others go on.
 */
export const segmentBatch = documentedAs(
  z.unknown().transform((body, context): SegmentBatch => {
    const issue = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (Array.isArray(body)) {
      if (body.length === 0) issue('must hold at least one segment');
      if (body.length > MAXIMUM_BATCH)
        issue(`must not hold more than ${MAXIMUM_BATCH} segments; send several requests`);
      return context.issues.length > 0 ? z.NEVER : listOf(body, context);
    }
    const parsed = flowSegmentPost.safeParse(body);
    if (parsed.success) return { single: true, items: [{ segment: parsed.data }] };
    forwardIssues(context, parsed.error.issues);
    return z.NEVER;
  }),
  segmentBatchDocument,
);

/** Stops at the malformed item that is one too many: what each of ten thousand lacks would be said at length. */
function listOf(body: readonly unknown[], context: z.RefinementCtx): SegmentBatch {
  const items: SegmentItem[] = [];
  let malformed = 0;
  for (const [index, raw] of body.entries()) {
    const item = itemOf(raw, index);
    items.push(item);
    if (!item.error) continue;
    malformed += 1;
    if (malformed <= MOST_MALFORMED) continue;
    const message = `holds more than ${MOST_MALFORMED} malformed segments, so none was registered; the first: ${firstProblem(items)}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return { single: false, items };
}

function firstProblem(items: readonly SegmentItem[]): string {
  return items.find(({ error }) => error)?.error?.message ?? '';
}

function itemOf(raw: unknown, index: number): SegmentItem {
  const parsed = flowSegmentPost.safeParse(raw);
  if (parsed.success) return { segment: parsed.data };
  return { error: new ValidationError(fieldErrors(`body.${index}`, parsed.error.issues, raw)), raw };
}

/** A segment that could not be registered (schemas/flow-segment-bulk-failure.json). */
export const failedSegment = z
  .object({
    object_id: z.string().meta({ description: 'As it was posted; empty when that was no text.' }),
    timerange: z.string().optional(),
    error: z.object({
      type: z.string().meta({ description: 'The kind of problem, for example `segment-overlap`.' }),
      summary: z.string(),
      time: z.iso.datetime(),
    }),
  })
  .meta({ id: 'FailedSegment' });
export type FailedSegment = z.output<typeof failedSegment>;

/** Answer of POST /flows/{flowId}/segments when some segments of a list failed. */
export const failedSegments = z.object({ failed_segments: z.array(failedSegment) }).meta({ id: 'FailedSegments' });
export type FailedSegments = z.output<typeof failedSegments>;

/** Tells the client which item failed, in its own words, and why. */
export function failedSegmentOf(item: SegmentItem, error: DomainError): FailedSegment {
  const { objectId, timerange } = item.segment
    ? { objectId: item.segment.object_id, timerange: item.segment.timerange.text }
    : identityOf(item.raw);
  return {
    object_id: objectId,
    ...(timerange !== undefined && { timerange }),
    error: { type: error.code, summary: error.message, time: new Date().toISOString() },
  };
}

function identityOf(raw: unknown): { objectId: string; timerange: string | undefined } {
  const { object_id: id, timerange } = (raw ?? {}) as Record<string, unknown>;
  return {
    objectId: typeof id === 'string' ? id : '',
    timerange: typeof timerange === 'string' && isTimerange(timerange) ? timerange : undefined,
  };
}

function isTimerange(text: string): boolean {
  try {
    TimeRange.parse(text);
    return true;
  } catch (error) {
    if (error instanceof TimingError) return false;
    throw error;
  }
}
