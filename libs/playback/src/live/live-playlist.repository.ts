import { Injectable } from '@nestjs/common';
import { objectOf } from '@tams/objects';
import { type Connection, prepared } from '@tams/platform';
import { playableSegmentOf, SEGMENT_COLUMNS, type SegmentRow } from '../media/segment-row';
import type { NextNumbers, PublishedEntry, WaitingSegment } from './published-entry';

/** Without a segment, where `end_ns` is null, it is a gap. */
interface EntryRow extends SegmentRow {
  readonly entry_start_ns: string;
  readonly entry_end_ns: string;
  readonly sequence: string;
  readonly discontinuity: string;
}

/** One row of {@link STATE}; of the entry all is null where there is none. */
type StateRow = { readonly [Column in keyof EntryRow]: EntryRow[Column] | null } & {
  readonly last_end_ns: string | null;
  readonly target_duration: number | null;
};

/** How far a Flow goes, and what is published of it. */
export interface LiveState {
  /** End of its last segment, in nanoseconds. */
  readonly edge: bigint | undefined;
  /** Seconds; absent when nobody has watched it. */
  readonly targetDuration: number | undefined;
  /** What was published last. */
  readonly last: PublishedEntry | undefined;
}

/** Entries `e`, each with its segment unless it is a gap or the segment is deleted. @param from where they come from */
const entriesFrom = (from: string): string => `
  SELECT e.start_ns AS entry_start_ns, e.end_ns AS entry_end_ns, e.sequence, e.discontinuity, ${SEGMENT_COLUMNS}
    FROM ${from} e
    LEFT JOIN segments s ON s.flow_id = e.flow_id AND s.end_ns = e.end_ns AND NOT e.gap
    ${objectOf('s.object_id', 'o', 'kept')}`;

/** Entries that end after $2, in order. */
const ENTRIES = prepared(`${entriesFrom('live_playlist_entries')}
   WHERE e.flow_id = $1 AND e.end_ns > $2::int8 ORDER BY e.end_ns`);

/** The last entry of the playlist $1, if there is one. */
const LAST = entriesFrom('(SELECT * FROM live_playlist_entries WHERE flow_id = $1 ORDER BY end_ns DESC LIMIT 1)');

const STATE = prepared(`
  SELECT f.last_end_ns, l.target_duration, e.*
    FROM flows f LEFT JOIN live_playlists l ON l.flow_id = f.id LEFT JOIN LATERAL (${LAST}) e ON true
   WHERE f.id = $1`);

/** Segments that end after $2, with whether they have been there for $4 seconds. */
const WAITING = prepared(`
  SELECT ${SEGMENT_COLUMNS}, o.registered < clock_timestamp() - make_interval(secs => $4::float8) AS settled
    FROM (SELECT end_ns, start_ns, object_id, ts_offset FROM segments
           WHERE flow_id = $1 AND end_ns > $2::int8 ORDER BY end_ns LIMIT $3::int8) s
   ${objectOf('s.object_id', 'o')}
   ORDER BY s.end_ns`);

/**
 * The published entry at a time of another Flow that is played together with this one: a Flow of the same Source, one that
 * is collected with it, or one of the same Source as those.
 */
const SIBLING = prepared(`
  WITH sources_around AS (
    SELECT source_id FROM flows WHERE id = $1
    UNION SELECT f.source_id FROM flow_collection_items own
            JOIN flow_collection_items i ON i.collection_id = own.collection_id
            JOIN flows f ON f.id = i.flow_id WHERE own.flow_id = $1)
  SELECT e.start_ns, e.sequence, e.discontinuity
    FROM flows f JOIN live_playlists l ON l.flow_id = f.id
   CROSS JOIN LATERAL (SELECT * FROM live_playlist_entries x WHERE x.flow_id = f.id AND x.end_ns > $2::int8
                        ORDER BY x.end_ns LIMIT 1) e
   WHERE f.source_id IN (SELECT source_id FROM sources_around) AND f.id <> $1
   ORDER BY l.published DESC LIMIT 1`);

/** SQL of what live playlists have told players. */
@Injectable()
export class LivePlaylistRepository {
  /** Entries that end after a time, in nanoseconds. */
  async entries(connection: Connection, flowId: string, after: bigint): Promise<PublishedEntry[]> {
    return inOrder((await connection.query<EntryRow>(ENTRIES, [flowId, String(after)])).map(entryOf));
  }

  /** All that tells whether there is news. */
  async state(connection: Connection, flowId: string): Promise<LiveState> {
    const [row] = await connection.query<StateRow>(STATE, [flowId]);
    const edge = row?.last_end_ns ?? undefined;
    return {
      edge: edge === undefined ? undefined : BigInt(edge),
      targetDuration: row?.target_duration ?? undefined,
      last: row && isEntry(row) ? entryOf(row) : undefined,
    };
  }

  /**
   * Takes the lock under which entries are numbered, making the playlist when there is none.
   * @param targetDuration of a playlist that is made, in seconds @returns that of the playlist
   */
  async lock(connection: Connection, flowId: string, targetDuration: number): Promise<number> {
    await connection.query(
      'INSERT INTO live_playlists (flow_id, target_duration) VALUES ($1, $2) ON CONFLICT (flow_id) DO NOTHING',
      [flowId, targetDuration],
    );
    const rows = await connection.query<{ target_duration: number }>(
      'SELECT target_duration FROM live_playlists WHERE flow_id = $1 FOR UPDATE',
      [flowId],
    );
    if (!rows[0]) throw new Error(`The live playlist of Flow ${flowId} is gone while it is written.`);
    return rows[0].target_duration;
  }

  /** Keeps others from beginning a playlist until the transaction ends: Flows that are played together agree on numbers. */
  async lockBeginnings(connection: Connection): Promise<void> {
    await connection.query('LOCK TABLE live_playlists IN SHARE ROW EXCLUSIVE MODE');
  }

  /**
   * Segments that are not published.
   * @param after nanoseconds @param patience seconds after which a segment is settled
   */
  async waiting(
    connection: Connection,
    flowId: string,
    after: bigint,
    count: number,
    patience: number,
  ): Promise<WaitingSegment[]> {
    const rows = await connection.query<SegmentRow & { readonly settled: boolean }>(WAITING, [
      flowId,
      String(after),
      count,
      patience,
    ]);
    return rows.map((row) => ({ ...playableSegmentOf(row), settled: row.settled }));
  }

  /** Numbers that a Flow played together with this one has at a time; `sequence` only where its entry begins at the same time. */
  async sibling(
    connection: Connection,
    flowId: string,
    start: bigint,
  ): Promise<(Partial<NextNumbers> & Pick<NextNumbers, 'discontinuitySequence'>) | undefined> {
    const rows = await connection.query<{ start_ns: string; sequence: string; discontinuity: string }>(SIBLING, [
      flowId,
      String(start),
    ]);
    const [row] = rows;
    if (!row) return undefined;
    const discontinuitySequence = Number(row.discontinuity);
    return BigInt(row.start_ns) === start
      ? { sequence: Number(row.sequence), discontinuitySequence }
      : { discontinuitySequence };
  }

  /** Adds entries to a locked playlist, and forgets those that end before a time, in nanoseconds. */
  async append(
    connection: Connection,
    flowId: string,
    entries: readonly PublishedEntry[],
    targetDuration: number,
    forgetBefore: bigint,
  ): Promise<void> {
    await connection.query(
      prepared(`INSERT INTO live_playlist_entries (flow_id, start_ns, end_ns, sequence, discontinuity, gap)
       SELECT $1, n.* FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::boolean[]) n`),
      [
        flowId,
        entries.map(({ start }) => String(start)),
        entries.map(({ end }) => String(end)),
        entries.map(({ sequence }) => sequence),
        entries.map(({ discontinuitySequence }) => discontinuitySequence),
        entries.map(({ segment }) => segment === undefined),
      ],
    );
    await connection.query(
      'UPDATE live_playlists SET target_duration = greatest(target_duration, $2::int), published = statement_timestamp() WHERE flow_id = $1',
      [flowId, targetDuration],
    );
    await connection.query('DELETE FROM live_playlist_entries WHERE flow_id = $1 AND end_ns < $2::int8', [
      flowId,
      String(forgetBefore),
    ]);
  }

  /** End of the last segment of a Flow, in nanoseconds. */
  async edge(connection: Connection, flowId: string): Promise<bigint | undefined> {
    const rows = await connection.query<{ last_end_ns: string | null }>(
      prepared('SELECT last_end_ns FROM flows WHERE id = $1'),
      [flowId],
    );
    const end = rows[0]?.last_end_ns;
    return end === null || end === undefined ? undefined : BigInt(end);
  }
}

function isEntry(row: EntryRow | StateRow): row is EntryRow {
  return row.entry_end_ns !== null;
}

function entryOf(row: EntryRow): PublishedEntry {
  const isThere = (row as Partial<Record<keyof EntryRow, string | null>>).end_ns !== null;
  return {
    start: BigInt(row.entry_start_ns),
    end: BigInt(row.entry_end_ns),
    sequence: Number(row.sequence),
    discontinuitySequence: Number(row.discontinuity),
    discontinuity: false,
    ...(isThere && { segment: playableSegmentOf(row) }),
  };
}

/** Which entries begin after a discontinuity follows from their numbers; of the first nobody needs to know. */
function inOrder(entries: readonly PublishedEntry[]): PublishedEntry[] {
  return entries.map((entry, index) => {
    const previous = entries[index - 1];
    return previous && entry.discontinuitySequence > previous.discontinuitySequence
      ? { ...entry, discontinuity: true }
      : entry;
  });
}
