import { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { formatNanoseconds } from '@tams/timing';
import type { FlowOverview } from '../api/models';
import { type ClockMode, isWallClock } from '../time/clock';
import { frameRateOf } from '../time/timecode';
import { type Lane, stretchOf } from './timeline/lanes';
import type { Stretch } from './timeline/window';
import { laneFlowsOf, momentOf, useFlow, useLanes, windowAround } from './use-flow';

/** In and out of a cut; either may be missing. */
export interface Marks {
  readonly in: bigint | undefined;
  readonly out: bigint | undefined;
}

/** The marks in the address, so that a link carries them. */
export function useMarks(): [Marks, (marks: Marks) => void] {
  const [parameters, setParameters] = useSearchParams();
  const marks = { in: momentOf(parameters.get('in')), out: momentOf(parameters.get('out')) };
  const setMarks = useCallback(
    (next: Marks): void => {
      setParameters(
        (before) => {
          const changed = new URLSearchParams(before);
          for (const name of ['in', 'out'] as const) {
            const moment = next[name];
            if (moment === undefined) changed.delete(name);
            else changed.set(name, formatNanoseconds(moment));
          }
          return changed;
        },
        { replace: true },
      );
    },
    [setParameters],
  );
  return [marks, setMarks];
}

/** The marks as a stretch; `undefined` unless both are there and in order. */
export function cutOf(marks: Marks): Stretch | undefined {
  if (marks.in === undefined || marks.out === undefined || marks.out <= marks.in) return undefined;
  return { start: marks.in, end: marks.out };
}

/** What the timeline of a Flow shows, and on which clock. */
export interface TimelineState {
  readonly extent: Stretch | undefined;
  readonly shown: Stretch | undefined;
  readonly setShown: (shown: Stretch) => void;
  readonly lanes: readonly Lane[];
  readonly overview: readonly Lane[];
}

/** The timeline of a Flow: what it shows follows the extent until somebody comes closer. */
export function useTimeline(flow: FlowOverview): TimelineState {
  const extent = useMemo(() => stretchOf(flow.extent), [flow.extent]);
  const flows = useMemo(() => laneFlowsOf(flow), [flow]);
  const [chosen, setShown] = useState<Stretch>();
  const shown = chosen ?? extent;
  const overview = useLanes(flows, undefined, extent?.end);
  const isClose = chosen !== undefined && extent !== undefined && chosen.end - chosen.start < extent.end - extent.start;
  const window = isClose ? windowAround(chosen, extent) : extent;
  const lanes = useLanes(flows, window, extent?.end);
  return { extent, shown, setShown, lanes, overview };
}

/** Frame rate and clock of a Flow. */
export function useClock(flow: FlowOverview) {
  const { data } = useFlow(flow.id);
  const video = flow.members?.find(({ format }) => format?.endsWith(':video') === true);
  const member = useFlow(video?.id ?? flow.id);
  const rate = frameRateOf(essenceOf(data)) ?? frameRateOf(essenceOf(member.data));
  const extent = stretchOf(flow.extent);
  const wallClock = extent !== undefined && isWallClock(extent.start);
  const [chosen, setMode] = useState<ClockMode>();
  return { rate, wallClock, mode: chosen ?? (wallClock ? 'utc' : 'time'), setMode };
}

function essenceOf(flow: unknown): unknown {
  return typeof flow === 'object' && flow !== null && 'essence_parameters' in flow
    ? flow.essence_parameters
    : undefined;
}
