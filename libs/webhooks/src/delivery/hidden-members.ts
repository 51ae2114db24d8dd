import { idsWithinClasses, withinClasses } from '@tams/auth';
import type { Connection } from '@tams/platform';

/** A Flow or Source in an event, with what tells of others. */
interface Collecting {
  readonly id: string;
  readonly flow_collection?: readonly { readonly id: string }[];
  readonly source_collection?: readonly { readonly id: string; readonly role?: string }[];
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
  if (event.flow) return JSON.stringify({ flow: await visibleFlow(connection, event.flow, readable) });
  if (event.source) return JSON.stringify({ source: await visibleSource(connection, event.source, readable) });
  return content;
}

async function visibleFlow(connection: Connection, flow: Collecting, readable: readonly string[]): Promise<object> {
  const { flow_collection: flows = [], collected_by: collectedBy = [], ...rest } = flow;
  const ids = [...flows.map(({ id }) => id), ...collectedBy];
  const visible = await idsWithinClasses(connection, 'flow', ids, readable);
  return {
    ...rest,
    ...present({
      flow_collection: flows.filter(({ id }) => visible.has(id)),
      collected_by: collectedBy.filter((id) => visible.has(id)),
    }),
  };
}

/** SQL of the visible links of Sources, with `of` at one end. */
const linksWhere = (of: string): string => `
  SELECT f.source_id AS collection, member.source_id AS member, max(i.item ->> 'role') AS role
    FROM flow_collection_items i
    JOIN flows f ON f.id = i.collection_id
    JOIN flows member ON member.id = i.flow_id
   WHERE ${of} = $1 AND ${withinClasses('source', 'f.source_id', '$2')} AND ${withinClasses('source', 'member.source_id', '$2')}
     AND ${withinClasses('flow', 'f.id', '$2')} AND ${withinClasses('flow', 'member.id', '$2')}
   GROUP BY f.source_id, member.source_id`;

const LINKS = `${linksWhere('f.source_id')} UNION ${linksWhere('member.source_id')}`;

/** What links Sources are Flows: a link is shown, with its role, as far as the Flows that make it may be read. */
async function visibleSource(connection: Connection, source: Collecting, readable: readonly string[]): Promise<object> {
  const { source_collection: sources = [], collected_by: collectedBy = [], ...rest } = source;
  if (sources.length + collectedBy.length === 0) return rest;
  const links = await connection.query<{ collection: string; member: string; role: string | null }>(LINKS, [
    source.id,
    readable,
  ]);
  const roles = new Map(
    links.filter((link) => link.collection === source.id).map(({ member, role }) => [member, role]),
  );
  const collecting = new Set(links.filter((link) => link.member === source.id).map(({ collection }) => collection));
  const shown = sources.filter(({ id }) => roles.has(id)).map(({ id }) => ({ id, role: roles.get(id) ?? undefined }));
  return {
    ...rest,
    ...present({ source_collection: shown, collected_by: collectedBy.filter((id) => collecting.has(id)) }),
  };
}

/** Lists that are not empty. */
function present(lists: Readonly<Record<string, readonly unknown[]>>): object {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}
