import type { EventStreamQuery } from './event-stream.schema';
import type { StreamedEvent } from './stream.repository';

/** Which events a stream is told of: the filters of webhooks, and what its caller may read. */
export type EventFilter = Pick<
  EventStreamQuery,
  'events' | 'flow_ids' | 'source_ids' | 'flow_collected_by_ids' | 'source_collected_by_ids'
> & {
  /** Classes the caller may read; absent for all. */
  readonly readable: readonly string[] | undefined;
};

/** Whether a stream is told of an event. Filters on Flows do not hold for events of Sources, as with webhooks. */
export function passes(event: StreamedEvent, filter: EventFilter): boolean {
  const { events, readable } = filter;
  return (
    (events === undefined || events.has(event.type)) &&
    (readable === undefined || (event.classes?.some((name) => readable.includes(name)) ?? false)) &&
    names(filter.source_ids, [event.source_id]) &&
    collects(filter.source_collected_by_ids, event.source_collected_by) &&
    (event.flow_id === null ||
      (names(filter.flow_ids, [event.flow_id]) && collects(filter.flow_collected_by_ids, event.flow_collected_by)))
  );
}

function names(wanted: readonly string[] | undefined, ids: readonly string[]): boolean {
  return wanted === undefined || ids.some((id) => wanted.includes(id));
}

/** An empty list of collections asks for what no collection has. */
function collects(wanted: readonly string[] | undefined, collectedBy: readonly string[] | null): boolean {
  if (wanted === undefined) return true;
  return wanted.length === 0 ? (collectedBy ?? []).length === 0 : names(wanted, collectedBy ?? []);
}
