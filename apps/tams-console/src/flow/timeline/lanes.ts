import { TimeRange } from '@tams/timing';
import type { CoverageRun } from '../../api/models';
import type { Stretch } from './window';

/** A stretch of a lane that holds media. */
export interface Run extends Stretch {
  /** Share that is covered, 0 to 1. */
  readonly density: number;
}

/** One Segment as the timeline shows it. */
export interface SegmentMark extends Stretch {
  readonly objectId: string;
}

/** One line of the timeline: the essence of one Flow. */
export interface Lane {
  readonly flowId: string;
  readonly label: string;
  readonly format: string;
  readonly runs: readonly Run[];
  /** Single Segments, where the timeline is close enough to show them. */
  readonly segments?: readonly SegmentMark[] | undefined;
}

/** Reads a bounded timerange as a stretch; `undefined` for `_`, `()` and what has no end. */
export function stretchOf(text: string | undefined): Stretch | undefined {
  if (text === undefined) return undefined;
  const { start, end } = TimeRange.parse(text).toHalfOpen();
  return start === null || end === null || end <= start ? undefined : { start, end };
}

/** Reads the runs of a coverage answer. */
export function runsOf(runs: readonly CoverageRun[]): Run[] {
  return runs.flatMap(({ start, end, density }) => {
    const stretch = stretchOf(`[${start}_${end})`);
    return stretch ? [{ ...stretch, density }] : [];
  });
}

/** What lies between runs, from the first to the last: the holes. */
export function holesOf(runs: readonly Stretch[]): Stretch[] {
  const holes: Stretch[] = [];
  runs.forEach((run, index) => {
    const before = runs[index - 1];
    if (before && run.start > before.end) holes.push({ start: before.end, end: run.start });
  });
  return holes;
}

/** The smallest stretch around all of them; `undefined` for none. */
export function hullOf(stretches: readonly Stretch[]): Stretch | undefined {
  const [first, ...others] = stretches;
  if (!first) return undefined;
  return others.reduce(
    (hull, { start, end }) => ({
      start: start < hull.start ? start : hull.start,
      end: end > hull.end ? end : hull.end,
    }),
    first,
  );
}

/** Whether any lane holds media at a moment. */
export function isCovered(lanes: readonly Lane[], moment: bigint): boolean {
  return lanes.some(({ runs }) => runs.some(({ start, end }) => start <= moment && moment < end));
}
