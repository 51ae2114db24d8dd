import { eventually } from '../../support/eventually';
import type { BreakablePostgres } from './breakable-postgres';
import type { BreakableServer } from './breakable-server';
import type { Ingester } from './ingester';

/** Statements that find what must never be; each gives no row in a store that is whole. */
const impossible: Readonly<Record<string, string>> = {
  'segments of one Flow overlap': `
    SELECT flow_id, start_ns FROM (
      SELECT flow_id, start_ns, lag(end_ns) OVER (PARTITION BY flow_id ORDER BY start_ns) AS before FROM segments) s
     WHERE before > start_ns`,
  'a Flow counts its segments wrongly': `
    SELECT f.id, f.segment_count, count(s.flow_id) FROM flows f LEFT JOIN segments s ON s.flow_id = f.id
     GROUP BY f.id
    HAVING f.segment_count <> count(s.flow_id) OR f.first_start_ns IS DISTINCT FROM min(s.start_ns)
        OR f.last_end_ns IS DISTINCT FROM max(s.end_ns)
        OR f.media_ns <> coalesce(sum(s.end_ns::numeric - s.start_ns), 0)`,
  'a segment has no object': `
    SELECT s.flow_id FROM segments s LEFT JOIN objects o ON o.id = s.object_id WHERE o.id IS NULL OR o.role <> 'media'`,
  'an object that nothing uses is not marked': `
    SELECT o.id FROM objects o
     WHERE o.role = 'media' AND o.unreferenced_since IS NULL
       AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.object_id = o.id)`,
  'an object held elsewhere lost its URL': `
    SELECT o.id FROM objects o JOIN segments s ON s.object_id = o.id
     WHERE NOT EXISTS (SELECT 1 FROM object_instances i WHERE i.object_id = o.id)`,
  'a Source has no Flow': `SELECT id FROM sources s WHERE NOT EXISTS (SELECT 1 FROM flows f WHERE f.source_id = s.id)`,
};

interface ReadSegment {
  readonly object_id: string;
  readonly timerange: string;
}

/** Everything that is wrong with the store after faults; nothing when it kept its word. */
export async function brokenInvariants(
  server: Pick<BreakableServer, 'client'>,
  postgres: Pick<BreakablePostgres, 'query'>,
  ingesters: readonly Ingester[],
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, statement] of Object.entries(impossible)) {
    const rows = await postgres.query(`${statement} LIMIT 3`);
    if (rows.length > 0) found.push(`${name}: ${JSON.stringify(rows)}`);
  }
  for (const ingester of ingesters) found.push(...(await lostWrites(server, ingester)));
  return found;
}

/** Every acknowledged segment is there once, and no other. */
async function lostWrites(
  server: Pick<BreakableServer, 'client'>,
  { flow, acknowledged, label }: Ingester,
): Promise<string[]> {
  const found = new Map<string, string>();
  const path = `/flows/${flow.id}/segments`;
  for await (const page of server.client.pages<ReadSegment[]>(path, { query: { limit: 1000, accept_get_urls: '' } }))
    for (const segment of page.body) found.set(segment.object_id, segment.timerange);
  const lost = [...acknowledged].filter(([object, timerange]) => found.get(object) !== timerange);
  const unasked = [...found.keys()].filter((object) => !acknowledged.has(object));
  const { body: read } = await server.client.get<{ label?: string }>(`/flows/${flow.id}`);
  return [
    ...(lost.length > 0 ? [`${lost.length} acknowledged segments are lost: ${JSON.stringify(lost.slice(0, 3))}`] : []),
    ...(unasked.length > 0 ? [`${unasked.length} segments nobody was told of`] : []),
    ...(read.label === label ? [] : [`the label is ${read.label ?? 'unset'}, acknowledged was ${label ?? 'none'}`]),
  ];
}

/** Waits until the gauges say what is in the database. */
export async function gaugesCatchUp(
  server: Pick<BreakableServer, 'url'>,
  postgres: Pick<BreakablePostgres, 'query'>,
): Promise<void> {
  const tables = ['flows', 'sources', 'segments'] as const;
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table})::int AS ${table}`);
  const [wanted] = await postgres.query(`SELECT ${counts.join(', ')}`);
  await eventually(
    async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      return Object.fromEntries(
        tables.map((name) => [name, Number(new RegExp(`^tams_${name}_total (\\S+)$`, 'm').exec(text)?.[1])]),
      );
    },
    (said) => tables.every((name) => said[name] === wanted?.[name]),
    { what: `the gauges say ${JSON.stringify(wanted)}`, atMost: 60_000 },
  );
}
