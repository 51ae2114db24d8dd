import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { api, body } from '../api/client';
import type { FlowOverview } from '../api/models';
import { readPage } from '../api/read-console';
import { useInterval } from '../events/use-events';

/** A Source as the specification has it, as far as the page shows it. */
export interface SourceDocument {
  readonly id: string;
  readonly format: string;
  readonly label?: string;
  readonly description?: string;
  readonly created?: string;
  readonly created_by?: string;
  readonly tags?: Readonly<Record<string, string | readonly string[]>>;
  readonly source_collection?: readonly { readonly id: string; readonly role?: string }[];
  readonly collected_by?: readonly string[];
}

/** A Source with the Flows that represent it, as the diagram draws it. */
export interface RepresentedSource {
  readonly id: string;
  /** In the collection it is drawn below. */
  readonly role?: string | undefined;
  readonly source: SourceDocument | undefined;
  readonly flows: readonly FlowOverview[];
  /** Whether more Flows represent it than are drawn. */
  readonly hasMore: boolean;
}

/** Flows drawn for one Source, and Sources drawn of one collection. */
const MOST_FLOWS = 12;
const MOST_COLLECTED = 24;
const ALONE_INTERVAL = 30_000;
const TOLD_INTERVAL = 120_000;

/** A Source by its id. */
export function useSource(sourceId: string): UseQueryResult<SourceDocument> {
  return useQuery({ ...sourceQuery(sourceId), refetchInterval: useInterval(ALONE_INTERVAL, TOLD_INTERVAL) });
}

/** A Source and those it collects, each with the Flows that represent it. */
export function useRepresented(source: SourceDocument | undefined): {
  readonly own: RepresentedSource | undefined;
  readonly collected: readonly RepresentedSource[];
  /** Sources of the collection that are not drawn. */
  readonly notDrawn: number;
} {
  const interval = useInterval(ALONE_INTERVAL, TOLD_INTERVAL);
  const items = source?.source_collection ?? [];
  const drawn = items.slice(0, MOST_COLLECTED);
  const ids = source ? [source.id, ...drawn.map(({ id }) => id)] : [];
  const sources = useQueries({ queries: drawn.map(({ id }) => sourceQuery(id)) });
  const flows = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['library', 'source', id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        readPage<FlowOverview>('/console/api/flows', { source_id: id, limit: MOST_FLOWS }, signal),
      refetchInterval: interval,
    })),
  });
  const represented = (index: number): Pick<RepresentedSource, 'flows' | 'hasMore'> => ({
    flows: flows[index]?.data?.items ?? [],
    hasMore: flows[index]?.data?.nextKey !== undefined,
  });
  return {
    own: source && { id: source.id, source, ...represented(0) },
    collected: drawn.map(({ id, role }, index) => ({
      id,
      role,
      source: sources[index]?.data,
      ...represented(index + 1),
    })),
    notDrawn: items.length - drawn.length,
  };
}

function sourceQuery(sourceId: string) {
  return {
    queryKey: ['source', sourceId],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<SourceDocument> =>
      await body(api.GET('/sources/{sourceId}', { params: { path: { sourceId } }, signal })),
  };
}
