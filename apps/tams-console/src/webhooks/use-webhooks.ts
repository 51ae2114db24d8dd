import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ListingPage } from '../api/client';
import type { WebhookOverview } from '../api/models';
import { readPage } from '../api/read-console';

/** Most webhooks that are read. */
export const MOST_WEBHOOKS = 200;
const INTERVAL = 5_000;

/** Who is told of changes, and what each is owed. */
export function useWebhooks(): UseQueryResult<ListingPage<WebhookOverview>> {
  return useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => readPage<WebhookOverview>('/console/api/webhooks', { limit: MOST_WEBHOOKS }, signal),
    refetchInterval: INTERVAL,
  });
}
