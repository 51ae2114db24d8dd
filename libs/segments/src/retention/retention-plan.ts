import { TimeRange } from '@tams/timing';
import {
  FLOW_RETENTION_TAG,
  momentAfter,
  momentOf,
  retentionOffset,
  SEGMENT_RETENTION_TAG,
  taiNanoseconds,
} from './retention-offset';
import type { RetainedFlow } from './retention.repository';

/** Something that goes, now or later. */
export interface RetentionItem {
  readonly flow_id: string;
  readonly label?: string;
  /** Segments of a Flow, a Flow with its segments, or a Flow that has none. */
  readonly what: 'segments' | 'flow' | 'empty-flow';
  readonly due_now: boolean;
  /** When (the first of) it goes: RFC 3339; absent when there is nothing yet, or not before the year 10000. */
  readonly due?: string;
  /** How many segments go now. */
  readonly segments?: number;
  /** Segments that lie wholly within it go now. */
  readonly timerange?: string;
  /** Why it stays although it is due. */
  readonly held?: string;
  /** Why nothing ever goes: the tag cannot be read. */
  readonly problem?: string;
}

/** What the tags of a Flow make go, as seen at a moment. A Flow that goes takes its segments with it. */
export function taggedItems(flow: RetainedFlow, now: Date): RetentionItem[] {
  const whole = flowItem(flow, now);
  return whole?.due_now ? [whole] : [whole, segmentsItem(flow, now)].filter((item) => item !== undefined);
}

/** Whether, and when, a Flow without segments goes. @param seconds the age at which it does */
export function emptyFlowItem(flow: RetainedFlow, now: Date, seconds: number): RetentionItem {
  const goes = new Date(Date.parse(flow.changed) + seconds * 1000);
  return { ...naming(flow), what: 'empty-flow', due: goes.toISOString(), ...dueness(flow, goes <= now) };
}

function flowItem(flow: RetainedFlow, now: Date): RetentionItem | undefined {
  const offset = retentionOffset(flow.tags, FLOW_RETENTION_TAG, false);
  if (!offset) return undefined;
  const item = { ...naming(flow), what: 'flow' } as const;
  if ('problem' in offset) return { ...item, due_now: false, problem: offset.problem };
  const due = momentAfter(new Date(flow.changed), offset.nanoseconds);
  const isDue = due !== undefined && Date.parse(due) <= now.getTime();
  return {
    ...item,
    ...(due !== undefined && { due }),
    ...(isDue && { segments: Number(flow.segment_count) }),
    ...dueness(flow, isDue),
  };
}

function segmentsItem(flow: RetainedFlow, now: Date): RetentionItem | undefined {
  const offset = retentionOffset(flow.tags, SEGMENT_RETENTION_TAG, true);
  if (!offset) return undefined;
  const item = { ...naming(flow), what: 'segments' } as const;
  if ('problem' in offset) return { ...item, due_now: false, problem: offset.problem };
  if (flow.first_end_ns === null) return { ...item, due_now: false };
  const firstEnd = BigInt(flow.first_end_ns);
  const until = taiNanoseconds(now) - offset.nanoseconds;
  const due = momentOf(firstEnd + offset.nanoseconds);
  const isDue = firstEnd <= until;
  return {
    ...item,
    ...(due !== undefined && { due }),
    ...(isDue && { timerange: TimeRange.fromHalfOpen({ start: null, end: until }).toString() }),
    ...dueness(flow, isDue),
  };
}

function naming({ id, label }: RetainedFlow): Pick<RetentionItem, 'flow_id' | 'label'> {
  return { flow_id: id, ...(label !== null && { label }) };
}

function dueness(flow: RetainedFlow, due: boolean): Pick<RetentionItem, 'due_now' | 'held'> {
  if (!due) return { due_now: false };
  if (flow.read_only) return { due_now: true, held: 'The Flow is read-only.' };
  if (flow.deletion_request !== null) return { due_now: true, held: 'The Flow is being deleted already.' };
  if (flow.deletions_pending > 0) return { due_now: true, held: 'Segments of the Flow are being deleted already.' };
  return { due_now: true };
}
