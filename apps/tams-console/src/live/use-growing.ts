import { useQuery } from '@tanstack/react-query';
import type { FlowOverview } from '../api/models';
import { readPage } from '../api/read-console';
import { useInterval } from '../events/use-events';

/** Most Flows of each kind that are watched. */
const MOST = 100;
/** How often the server is asked while nothing tells of changes, in milliseconds; ... */
const ALONE_INTERVAL = 2_000;
/** ... and while events do: for ages, and for Flows that stall, of which no event tells. */
const TOLD_INTERVAL = 5_000;

/** Flows that grow, or should. */
export interface Growing {
  /** Those that stalled first, of each kind those with the latest media first. */
  readonly flows: readonly FlowOverview[];
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly retry: () => void;
}

/** What grows right now, and what should and does not. */
export function useGrowing(): Growing {
  const [stalled, live] = [useActivity('stalled'), useActivity('live')];
  return {
    flows: [...(stalled.data?.items ?? []), ...(live.data?.items ?? [])],
    error: stalled.error ?? live.error,
    isPending: stalled.isPending || live.isPending,
    retry: () => void Promise.all([stalled.refetch(), live.refetch()]),
  };
}

function useActivity(activity: 'live' | 'stalled') {
  const interval = useInterval(ALONE_INTERVAL, TOLD_INTERVAL);
  return useQuery({
    queryKey: ['live', activity],
    queryFn: ({ signal }) =>
      readPage<FlowOverview>('/console/api/flows', { activity, sort_by: 'last_added', limit: MOST }, signal),
    refetchInterval: interval,
  });
}
