import { idsWithinClasses } from '@tams/auth';
import type { Connection } from '@tams/platform';

/** A Flow or Source in an event, with what tells of others. */
interface Collecting {
  readonly flow_collection?: readonly { readonly id: string }[];
  readonly source_collection?: readonly { readonly id: string }[];
  readonly collected_by?: readonly string[];
}

/**
 * Takes out of an event's Flow or Source what tells of others that the owner of a webhook may not read, as reading the
 * Flow or Source itself does.
 * @param content JSON of the message's `event`
 */
export async function withoutHiddenMembers(
  connection: Connection,
  content: string,
  readable: readonly string[],
): Promise<string> {
  const event = JSON.parse(content) as { flow?: Collecting; source?: Collecting };
  const kind = event.flow ? 'flow' : 'source';
  const told = event[kind];
  if (!told) return content;
  const { flow_collection: flows, source_collection: sources, collected_by: collectedBy, ...rest } = told;
  const ids = [...(flows ?? []), ...(sources ?? [])].map(({ id }) => id);
  const visible = await idsWithinClasses(connection, kind, [...ids, ...(collectedBy ?? [])], readable);
  const members = {
    flow_collection: flows?.filter(({ id }) => visible.has(id)),
    source_collection: sources?.filter(({ id }) => visible.has(id)),
    collected_by: collectedBy?.filter((id) => visible.has(id)),
  };
  const shown = Object.fromEntries(Object.entries(members).filter(([, list]) => (list?.length ?? 0) > 0));
  return JSON.stringify({ [kind]: { ...rest, ...shown } });
}
