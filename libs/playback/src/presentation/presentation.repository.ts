import { objectOf, sizeOf } from '@tams/objects';
import { Injectable } from '@nestjs/common';
import { withinClasses } from '@tams/auth';
import type { Connection } from '@tams/platform';
import { type Candidate, type CandidateRow, candidateOf } from './candidate';

/** What a Flow's bytes need, in bits per second. */
export interface MeasuredBitRate {
  readonly average: number;
  readonly peak: number;
}

/** Which Flows are looked for. */
export interface WantedFlows {
  /** What they belong to: Flows that collect them, Flows they contain, or their Sources. */
  readonly of: readonly string[];
  /** Most Flows. */
  readonly count: number;
  /** The classes whose Flows the caller may read; absent when that is all of them. */
  readonly readable: readonly string[] | undefined;
}

/** Segments at the end of a Flow whose sizes stand for all. */
const MEASURED_SEGMENTS = 30;

const COLUMNS = `f.id, f.source_id, f.document, f.segment_count, src.label AS source_label, src.tags AS source_tags,
  extract(epoch FROM clock_timestamp() - f.segments_updated)::float8 AS idle_seconds,
  (SELECT extract(epoch FROM clock_timestamp() - l.published)::float8 FROM live_playlists l WHERE l.flow_id = f.id) AS untold_seconds`;

/** SQL of finding the Flows to play. What the caller may not read does not exist here. */
@Injectable()
export class PresentationRepository {
  async flow(connection: Connection, flowId: string): Promise<Candidate | undefined> {
    const rows = await connection.query<CandidateRow>(
      `SELECT ${COLUMNS} FROM flows f JOIN sources src ON src.id = f.source_id WHERE f.id = $1`,
      [flowId],
    );
    return rows[0] && candidateOf(rows[0]);
  }

  /** What some Flows collect, in order. */
  collected(connection: Connection, wanted: WantedFlows): Promise<Candidate[]> {
    return this.candidates(connection, wanted, {
      join: 'JOIN flow_collection_items i ON i.flow_id = f.id',
      condition: 'i.collection_id = ANY($1::uuid[])',
      order: 'array_position($1::uuid[], i.collection_id), i.position',
    });
  }

  /** Flows that collect a Flow and have segments of their own, where its essence may be (AppNote 0006). */
  containing(connection: Connection, wanted: WantedFlows): Promise<Candidate[]> {
    return this.candidates(connection, wanted, {
      condition:
        'f.container IS NOT NULL AND f.id IN (SELECT i.collection_id FROM flow_collection_items i WHERE i.flow_id = ANY($1::uuid[]))',
      order: 'f.created, f.id',
    });
  }

  /** Flows of some Sources, Source by Source. */
  ofSources(connection: Connection, wanted: WantedFlows): Promise<Candidate[]> {
    return this.candidates(connection, wanted, {
      condition: 'f.source_id = ANY($1::uuid[])',
      order: 'array_position($1::uuid[], f.source_id), f.created, f.id',
    });
  }

  /** Sources that the Flows of a Source collect, in order of their first position (AppNote 0023). */
  async collectedSources(connection: Connection, sourceIds: readonly string[], count: number): Promise<string[]> {
    const rows = await connection.query<{ source_id: string }>(
      `SELECT member.source_id FROM flows f
         JOIN flow_collection_items i ON i.collection_id = f.id
         JOIN flows member ON member.id = i.flow_id
        WHERE f.source_id = ANY($1::uuid[])
        GROUP BY member.source_id ORDER BY min(i.position), member.source_id LIMIT $2`,
      [sourceIds, count],
    );
    return rows.map((row) => row.source_id);
  }

  /** What the last segments of Flows need, by Flow; those whose sizes nobody knows are left out. */
  async bitRates(connection: Connection, flowIds: readonly string[]): Promise<Map<string, MeasuredBitRate>> {
    const rows = await connection.query<{ id: string; average: number | null; peak: number | null }>(
      `SELECT n.id, m.average, m.peak FROM unnest($1::uuid[]) AS n (id)
        CROSS JOIN LATERAL (
          SELECT (sum(size) * 8e9 / sum(duration))::float8 AS average, max(size * 8e9 / duration)::float8 AS peak
            FROM (SELECT (o.end_ns - o.start_ns) AS duration,
                         ${sizeOf('s.object_id')} AS size
                    FROM (SELECT object_id FROM segments WHERE flow_id = n.id ORDER BY end_ns DESC LIMIT ${MEASURED_SEGMENTS}) s
                    ${objectOf('s.object_id', 'o')}) sizes
           WHERE size IS NOT NULL AND duration > 0) m`,
      [flowIds],
    );
    return new Map(
      rows.flatMap(({ id, average, peak }) => (average === null || peak === null ? [] : [[id, { average, peak }]])),
    );
  }

  /** @param sql of which `$1` are the ids of `of` */
  private async candidates(
    connection: Connection,
    { of, count, readable }: WantedFlows,
    { join = '', condition, order }: { readonly join?: string; readonly condition: string; readonly order: string },
  ): Promise<Candidate[]> {
    const visible = readable ? ` AND ${withinClasses('flow', 'f.id', '$3')}` : '';
    const rows = await connection.query<CandidateRow>(
      `SELECT ${COLUMNS} FROM flows f JOIN sources src ON src.id = f.source_id ${join}
        WHERE ${condition}${visible} ORDER BY ${order} LIMIT $2`,
      readable ? [of, count, readable] : [of, count],
    );
    return rows.map(candidateOf);
  }
}
