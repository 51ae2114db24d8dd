import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { FlowOverview } from '../api/models';
import type { ListingPage } from '../api/client';
import { readPage } from '../api/read-console';
import { useInterval } from '../events/use-events';

/** Most Flows of each kind that are watched. */
const MOST = 100;
/** How often the server is asked while nothing tells of changes, in milliseconds; ... */
const ALONE_INTERVAL = 2_000;
/** ... and while events do: for ages, and for Flows that stall, of which no event tells. */
const TOLD_INTERVAL = 5_000;

/** Flows of one kind, those with the latest media first. */
export function useGrowing(activity: 'live' | 'stalled'): UseQueryResult<ListingPage<FlowOverview>> {
  const interval = useInterval(ALONE_INTERVAL, TOLD_INTERVAL);
  return useQuery({
    queryKey: ['live', activity],
    queryFn: ({ signal }) =>
      readPage<FlowOverview>('/console/api/flows', { activity, sort_by: 'last_added', limit: MOST }, signal),
    refetchInterval: interval,
  });
}
