import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { formatNanoseconds, Timestamp } from '@tams/timing';
import { api, body } from '../api/client';
import type { Coverage, FlowOverview } from '../api/models';
import { readConsole } from '../api/read-console';
import { useInterval } from '../events/use-events';
import { formatName } from '../parts/format';
import { type Lane, runsOf, type SegmentMark, stretchOf } from './timeline/lanes';
import { lengthOf, type Stretch, within } from './timeline/window';

/** How often a growing Flow is looked at while nothing tells of changes, in milliseconds; ... */
const LIVE_INTERVAL = 2_000;
/** ... and while events do: for the ages of what is there. */
const TOLD_INTERVAL = 10_000;
const IDLE_INTERVAL = 30_000;
/** Stretches a window is divided in. */
const RESOLUTION = 1500;
/** Fewer Segments in sight than this are shown one by one. */
const MOST_SINGLE = 300;

/** What the console knows of one Flow, in one request. */
export function useFlowOverview(flowId: string): UseQueryResult<FlowOverview> {
  const liveInterval = useInterval(LIVE_INTERVAL, TOLD_INTERVAL);
  return useQuery({
    queryKey: ['flow', flowId, 'overview'],
    queryFn: ({ signal }) => readConsole<FlowOverview>(`/console/api/flows/${flowId}`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.activity === 'live' ? liveInterval : IDLE_INTERVAL),
  });
}

/** The Flow as the specification has it. */
export function useFlow(flowId: string) {
  return useQuery({
    queryKey: ['flow', flowId, 'metadata'],
    queryFn: ({ signal }) => body(api.GET('/flows/{flowId}', { params: { path: { flowId } }, signal })),
  });
}

/** A Flow whose essence is one lane of the timeline. */
export interface LaneFlow {
  readonly id: string;
  readonly label: string;
  readonly format: string;
}

/** The lanes of a Flow: its own essence where it has Segments, and that of each Flow it collects. */
export function laneFlowsOf(flow: FlowOverview): LaneFlow[] {
  const own = { id: flow.id, label: flow.label ?? formatName(flow.format), format: flow.format };
  const members = (flow.members ?? [])
    .filter(({ segment_count: count }) => count !== 0)
    .map(({ id, role, label, format = '' }) => ({ id, label: label ?? role ?? formatName(format), format }));
  const hasOwn = flow.segment_count > 0 && flow.from_members !== true;
  return hasOwn || members.length === 0 ? [own, ...members] : members;
}

/**
 * A window a little larger than what is shown, the same for nearby views, so that moving about asks the server seldom.
 */
export function windowAround(shown: Stretch, extent: Stretch): Stretch {
  let length = 1_000_000_000n;
  while (length < lengthOf(shown) * 2n) length *= 2n;
  const grid = length / 4n;
  const start = ((shown.start - lengthOf(shown) / 2n) / grid) * grid;
  return within({ start, end: start + length }, extent);
}

/** A stretch as the text of a timerange. */
export function timerangeOf({ start, end }: Stretch): string {
  return `[${formatNanoseconds(start)}_${formatNanoseconds(end)})`;
}

/**
 * What each lane covers within a window.
 * @param window `undefined` for all there is
 */
export function useLanes(
  flows: readonly LaneFlow[],
  window: Stretch | undefined,
  extentEnd: bigint | undefined,
): Lane[] {
  const range = window && timerangeOf(window);
  const answers = useQueries({
    queries: flows.map(({ id }) => ({
      // The end stands for what a growing Flow has got meanwhile.
      queryKey: ['flow', id, 'coverage', range ?? 'whole', String(extentEnd)],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        readConsole<Coverage>(
          `/console/api/flows/${id}/coverage`,
          { timerange: range, resolution: RESOLUTION },
          signal,
        ),
      placeholderData: keepPreviousData,
      staleTime: 60_000,
    })),
  });
  const single = useSegments(
    flows,
    window,
    answers.map(({ data }) => data),
  );
  return flows.map(({ id, label, format }, index) => ({
    flowId: id,
    label,
    format,
    runs: runsOf(answers[index]?.data?.runs ?? []),
    segments: single[index],
  }));
}

/** The Segments of a window, for lanes that have few enough there. */
function useSegments(
  flows: readonly LaneFlow[],
  window: Stretch | undefined,
  coverages: readonly (Coverage | undefined)[],
): (readonly SegmentMark[] | undefined)[] {
  const answers = useQueries({
    queries: flows.map(({ id }, index) => ({
      queryKey: ['flow', id, 'segments', window && timerangeOf(window), coverages[index]?.segment_count],
      queryFn: ({ signal }: { signal: AbortSignal }) => readSegments(id, window, signal),
      enabled: window !== undefined && isFewWithin(coverages[index], window),
      placeholderData: keepPreviousData,
      staleTime: 60_000,
    })),
  });
  return answers.map(({ data }, index) => {
    const few = window !== undefined && isFewWithin(coverages[index], window);
    return few && data !== undefined && data.length < MOST_SINGLE * 2 ? data : undefined;
  });
}

/** Whether a window likely holds few enough Segments to show each, judged by the average. */
function isFewWithin(coverage: Coverage | undefined, window: Stretch): boolean {
  const extent = stretchOf(coverage?.extent);
  if (!coverage || !extent) return false;
  const share = Number(lengthOf(window)) / Number(lengthOf(extent));
  return coverage.segment_count * Math.min(1, share) < MOST_SINGLE;
}

async function readSegments(flowId: string, window: Stretch | undefined, signal: AbortSignal): Promise<SegmentMark[]> {
  const timerange = window && timerangeOf(window);
  const segments = await body(
    api.GET('/flows/{flowId}/segments', {
      // No URLs: signing hundreds nobody opens is work for nothing.
      params: {
        path: { flowId },
        query: { ...(timerange !== undefined && { timerange }), limit: MOST_SINGLE * 2, accept_get_urls: '' },
      },
      signal,
    }),
  );
  return segments.flatMap(({ object_id: objectId, timerange: text }) => {
    const stretch = stretchOf(text);
    return stretch ? [{ ...stretch, objectId }] : [];
  });
}

/** Reads a moment of an address; `undefined` when it is none. */
export function momentOf(text: string | null): bigint | undefined {
  if (text === null || !/^-?\d+:\d{1,9}$/.test(text)) return undefined;
  return Timestamp.parse(text).nanoseconds;
}
