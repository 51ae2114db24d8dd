import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { FlowOverview } from '../api/models';
import { readPage } from '../api/read-console';
import { useInterval } from '../events/use-events';

/** What people asked of the library; it is the address's query, so that a link shows the same. */
export interface LibraryQuery {
  readonly search: string;
  readonly format: string;
  readonly activity: string;
  readonly sort: string;
}

/** How often the server is asked while nothing tells of changes, in milliseconds. */
const ALONE_INTERVAL = 30_000;
const TOLD_INTERVAL = 120_000;
/** Rows read at once. */
const PAGE = 60;

/** Orders people may choose: the name for the address, and what the server is asked. */
export const orders = [
  { value: 'created', label: 'Newest first', sort_by: 'created', reverse_order: false },
  { value: 'oldest', label: 'Oldest first', sort_by: 'created', reverse_order: true },
  { value: 'added', label: 'Latest media first', sort_by: 'last_added', reverse_order: false },
  { value: 'label', label: 'By label', sort_by: 'label', reverse_order: false },
] as const;

/** The library's rows, page by page; sorted, filtered and searched by the server. */
export function useLibrary({ search, format, activity, sort }: LibraryQuery) {
  const interval = useInterval(ALONE_INTERVAL, TOLD_INTERVAL);
  const order = orders.find(({ value }) => value === sort) ?? orders[0];
  return useInfiniteQuery({
    queryKey: ['library', search, format, activity, order.value],
    queryFn: ({ pageParam, signal }) =>
      readPage<FlowOverview>(
        '/console/api/flows',
        {
          search,
          format,
          activity,
          sort_by: order.sort_by,
          reverse_order: order.reverse_order || undefined,
          limit: PAGE,
          page: pageParam,
        },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextKey }) => nextKey,
    placeholderData: keepPreviousData,
    refetchInterval: interval,
  });
}
