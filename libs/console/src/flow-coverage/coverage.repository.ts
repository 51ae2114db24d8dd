import { Injectable } from '@nestjs/common';
import type { Tags } from '@tams/model';
import { type Connection, prepared } from '@tams/platform';
import type { Stretch } from './density';

/** What a Flow's own row says of its coverage. */
export interface CoveredFlow {
  readonly tags: Tags | null;
  readonly segment_count: string;
  readonly first_start_ns: string | null;
  readonly last_end_ns: string | null;
  /** Nanoseconds that segments cover. */
  readonly media_ns: string;
}

/** Segments without a hole between them. */
interface IslandRow {
  readonly start_ns: string;
  readonly end_ns: string;
  readonly segments: string;
}

/** SQL of where a Flow has media. */
@Injectable()
export class CoverageRepository {
  async flow(connection: Connection, flowId: string): Promise<CoveredFlow | undefined> {
    const [row] = await connection.query<CoveredFlow>(
      prepared(`SELECT document -> 'tags' AS tags, segment_count, first_start_ns, last_end_ns, media_ns::text AS media_ns
                  FROM flows WHERE id = $1`),
      [flowId],
    );
    return row;
  }

  /**
   * Stretches of a window that segments cover without a hole, in order, looking at no more than so many segments.
   * @returns `undefined` when the window holds more segments
   */
  async islands(
    connection: Connection,
    flowId: string,
    { start, end }: Stretch,
    most: number,
  ): Promise<Stretch[] | undefined> {
    const rows = await connection.query<IslandRow>(
      prepared(`SELECT min(start_ns) AS start_ns, max(end_ns) AS end_ns, count(*) AS segments
         FROM (SELECT start_ns, end_ns, count(*) FILTER (WHERE before IS DISTINCT FROM start_ns) OVER (ORDER BY end_ns) AS island
                 FROM (SELECT start_ns, end_ns, lag(end_ns) OVER (ORDER BY end_ns) AS before
                         FROM (SELECT start_ns, end_ns FROM segments
                                WHERE flow_id = $1 AND end_ns > $2::int8 AND start_ns < $3::int8
                                  AND end_ns <= coalesce((SELECT end_ns FROM segments WHERE flow_id = $1 AND end_ns >= $3::int8
                                                           ORDER BY end_ns LIMIT 1), 9223372036854775807)
                                ORDER BY end_ns LIMIT $4::int8) s) s) s
        GROUP BY island ORDER BY start_ns`),
      [flowId, String(start), String(end), most + 1],
    );
    if (rows.reduce((sum, { segments }) => sum + Number(segments), 0) > most) return undefined;
    return rows.map((row) => within(row, { start, end }));
  }

  /**
   * Those of these instants that no segment covers: one index probe each.
   * @returns where the next segment after each begins, by the place of the instant; `undefined` when there is none
   */
  async holesAt(
    connection: Connection,
    flowId: string,
    instants: readonly bigint[],
  ): Promise<ReadonlyMap<number, bigint | undefined>> {
    const rows = await connection.query<{ place: number; start_ns: string | null }>(
      prepared(`SELECT (p.position - 1)::int4 AS place, s.start_ns
         FROM unnest($2::int8[]) WITH ORDINALITY AS p (instant, position)
         LEFT JOIN LATERAL (SELECT start_ns FROM segments
                             WHERE flow_id = $1 AND end_ns > p.instant ORDER BY end_ns LIMIT 1) s ON true
        WHERE s.start_ns IS NULL OR s.start_ns > p.instant`),
      [flowId, instants.map(String)],
    );
    return new Map(rows.map(({ place, start_ns: next }) => [place, next === null ? undefined : BigInt(next)]));
  }
}

function within(row: IslandRow, window: Stretch): Stretch {
  const [start, end] = [BigInt(row.start_ns), BigInt(row.end_ns)];
  return { start: start > window.start ? start : window.start, end: end < window.end ? end : window.end };
}
