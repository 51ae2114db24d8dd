import type { Connection } from '@tams/platform';
import { Client } from 'pg';
import { SegmentRemovalRepository } from '../../libs/segments/src/deletion/segment-removal.repository';
import { LivePlaylistRepository } from '../../libs/playback/src/live/live-playlist.repository';
import { SegmentRepository } from '../../libs/segments/src/segment.repository';
import { type Spread, spreadOf } from './measurement';
import { pageOf30 } from './page-of-30';

/** How often each statement is asked, of another Flow and at another time. */
const SAMPLES = 40;
const SECOND = 1_000_000_000n;
/** Seconds that a live playlist shows. */
const LIVE_WINDOW = 60;
/** Segments deleted at once. */
const DELETED = 50;

/** Pages of 8 kB that PostgreSQL touches for a statement: they do not depend on what else the machine does. */
export async function buffersOf(databaseUrl: string): Promise<Record<string, Spread>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Asked>(
      `SELECT id AS "flowId", (last_end_ns / 1000000000)::float8 AS seconds,
              (SELECT object_id FROM segments WHERE flow_id = flows.id ORDER BY end_ns LIMIT 1) AS "objectId"
         FROM flows WHERE segment_count > 0`,
    );
    const found: Record<string, Spread> = {};
    for (const [name, ask] of Object.entries(STATEMENTS)) {
      const pages: number[] = [];
      for (let sample = 0; sample < SAMPLES; sample += 1) {
        const flow = rows[Math.floor(Math.random() * rows.length)];
        if (flow) pages.push(await pagesOf(client, (connection) => ask(connection, flow)));
      }
      found[name] = spreadOf(pages);
    }
    return found;
  } finally {
    await client.end();
  }
}

/** A Flow, where it ends, and one of its objects. */
interface Asked {
  readonly flowId: string;
  readonly seconds: number;
  readonly objectId: string;
}

type Ask = (connection: Connection, asked: Asked) => Promise<unknown>;

const UNKNOWN = { tsOffset: undefined, lastDuration: undefined, sampleOffset: undefined, sampleCount: undefined };

const STATEMENTS: Readonly<Record<string, Ask>> = {
  'page of 30 by timerange': (connection, { flowId, seconds }) => {
    const start = Math.floor(Math.random() * (seconds - 30));
    return pageOf30(connection, flowId, `[${start}:0_${start + 30}:0)`, false);
  },
  'last minute, latest first': (connection, { flowId, seconds }) =>
    pageOf30(connection, flowId, `[${seconds - 60}:0_`, true),
  'a live playlist that is known': async (connection, { flowId, seconds }) => {
    const repository = new LivePlaylistRepository();
    await repository.state(connection, flowId);
    await repository.entries(connection, flowId, BigInt(seconds - LIVE_WINDOW) * SECOND);
  },
  'registering a segment': async (connection, { flowId, seconds, objectId }) => {
    const start = BigInt(seconds + 60) * SECOND;
    const segment = { start, end: start + SECOND, objectId, timerange: '[0:0_1:0)', ...UNKNOWN };
    await new SegmentRepository().overlapping(connection, flowId, [segment]);
    await new SegmentRepository().insert(connection, flowId, [segment]);
  },
  'deleting the first 50 segments': (connection, { flowId, seconds }) =>
    new SegmentRemovalRepository().remove(
      connection,
      flowId,
      { start: 0n, end: BigInt(seconds) * SECOND, objectId: undefined, position: 0n },
      DELETED,
    ),
};

/** Runs what is asked within a transaction that is rolled back, and adds up the pages of all its statements. */
async function pagesOf(client: Client, ask: (connection: Connection) => Promise<unknown>): Promise<number> {
  let pages = 0;
  await client.query('BEGIN');
  await ask({
    query: async (text, values = []) => {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
        [...values],
      );
      const plan = rows[0]?.['QUERY PLAN'][0].Plan;
      pages += (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
      return [];
    },
  });
  await client.query('ROLLBACK');
  return pages;
}
