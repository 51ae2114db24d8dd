import { Injectable } from '@nestjs/common';
import { type Connection, Parameters } from '@tams/platform';

/** Segments of one Flow to be deleted: those that lie wholly within [start, end) nanoseconds. */
export interface DoomedSegments {
  readonly start: bigint;
  readonly end: bigint;
  /** Only segments of this object. */
  readonly objectId: string | undefined;
  /** What ends at or before this was dealt with already. */
  readonly position: bigint;
}

/** A deleted segment. */
export interface RemovedSegment {
  readonly start_ns: string;
  readonly end_ns: string;
  readonly timerange: string;
  readonly object_id: string;
}

/** SQL that deletes segments; the Flow's lock is held. */
@Injectable()
export class SegmentRemovalRepository {
  /** How many segments match, counting no further than `most`. */
  async count(connection: Connection, flowId: string, doomed: DoomedSegments, most: number): Promise<number> {
    const parameters = new Parameters();
    const where = conditionOf(flowId, doomed, parameters);
    const [row] = await connection.query<{ count: string }>(
      `SELECT count(*) FROM (SELECT 1 FROM segments s WHERE ${where} LIMIT ${parameters.add(most, 'int8')}) matching`,
      parameters.values,
    );
    return Number(row?.count ?? 0);
  }

  /**
   * Deletes the first matching segments. Where they end is asked first: joined with it, the deletion went over the whole
   * Flow once for each of its segments where statistics took the Flow for a short one.
   * @returns them, in time order
   */
  async remove(
    connection: Connection,
    flowId: string,
    doomed: DoomedSegments,
    most: number,
  ): Promise<RemovedSegment[]> {
    const end = await this.endOfFirst(connection, flowId, doomed, most);
    if (end === undefined) return [];
    const parameters = new Parameters();
    const where = conditionOf(flowId, { ...doomed, end }, parameters);
    const removed = await connection.query<RemovedSegment>(
      `DELETE FROM segments s WHERE ${where} RETURNING s.start_ns, s.end_ns, s.timerange, s.object_id`,
      parameters.values,
    );
    return removed.sort((a, b) => (BigInt(a.end_ns) < BigInt(b.end_ns) ? -1 : 1));
  }

  /** Where the last of the first `most` matching segments ends, in nanoseconds; undefined when none matches. */
  private async endOfFirst(
    connection: Connection,
    flowId: string,
    doomed: DoomedSegments,
    most: number,
  ): Promise<bigint | undefined> {
    const parameters = new Parameters();
    const where = conditionOf(flowId, doomed, parameters);
    const [row] = await connection.query<{ end_ns: string | null }>(
      `SELECT max(end_ns) AS end_ns
         FROM (SELECT s.end_ns FROM segments s WHERE ${where}
                ORDER BY s.end_ns LIMIT ${parameters.add(most, 'int8')}) batch`,
      parameters.values,
    );
    return row?.end_ns ? BigInt(row.end_ns) : undefined;
  }

  /** Timeranges of the first and the last matching segment; both are the same when there is one, none when there is none. */
  async ends(connection: Connection, flowId: string, doomed: DoomedSegments): Promise<string[]> {
    const parameters = new Parameters();
    const where = conditionOf(flowId, doomed, parameters);
    const end = (direction: 'ASC' | 'DESC') =>
      connection.query<{ timerange: string }>(
        `SELECT timerange FROM segments s WHERE ${where} ORDER BY end_ns ${direction} LIMIT 1`,
        parameters.values,
      );
    const first = await end('ASC');
    return first[0] ? [first[0].timerange, ...(await end('DESC')).map((row) => row.timerange)] : [];
  }

  /**
   * Writes into the Flow's row what is true of it without the removed segments. Each end of the Flow is looked for only
   * when it was removed, and beyond what was removed with it: entries of deleted rows stay in the index for a while. It is
   * looked for by a statement of its own, so that none names Flows and segments: they may lie on different machines.
   * @param contiguous whether every segment between the first and the last removed one was removed
   * @returns how many segments are left
   */
  async updateFlow(
    connection: Connection,
    flowId: string,
    removed: readonly RemovedSegment[],
    contiguous: boolean,
  ): Promise<number> {
    const [first, last] = [removed[0], removed.at(-1)];
    if (!first || !last) return 0;
    const [flow] = await connection.query<{ segment_count: string; first: boolean; last: boolean }>(
      `UPDATE flows
          SET segment_count = segment_count - $2, media_ns = media_ns - $5::numeric, segments_updated = statement_timestamp()
        WHERE id = $1
    RETURNING segment_count, (first_start_ns < $3::int8) IS NOT TRUE AS first, (last_end_ns > $4::int8) IS NOT TRUE AS last`,
      [
        flowId,
        removed.length,
        first.start_ns,
        last.end_ns,
        String(removed.reduce((sum, { start_ns, end_ns }) => sum + BigInt(end_ns) - BigInt(start_ns), 0n)),
      ],
    );
    if (flow?.first) {
      const start = await this.startAfter(connection, flowId, contiguous ? last.end_ns : first.end_ns);
      await connection.query('UPDATE flows SET first_start_ns = $2 WHERE id = $1', [flowId, start]);
    }
    if (flow?.last) {
      const end = await this.endBefore(connection, flowId, contiguous ? first.end_ns : last.end_ns);
      await connection.query('UPDATE flows SET last_end_ns = $2 WHERE id = $1', [flowId, end]);
    }
    return Number(flow?.segment_count ?? 0);
  }

  /** Start of the first segment that ends after `end`. */
  private async startAfter(connection: Connection, flowId: string, end: string): Promise<string | null> {
    const [segment] = await connection.query<{ start_ns: string }>(
      'SELECT start_ns FROM segments WHERE flow_id = $1 AND end_ns > $2::int8 ORDER BY end_ns LIMIT 1',
      [flowId, end],
    );
    return segment?.start_ns ?? null;
  }

  /** End of the last segment that ends before `end`. */
  private async endBefore(connection: Connection, flowId: string, end: string): Promise<string | null> {
    const [segment] = await connection.query<{ end_ns: string }>(
      'SELECT end_ns FROM segments WHERE flow_id = $1 AND end_ns < $2::int8 ORDER BY end_ns DESC LIMIT 1',
      [flowId, end],
    );
    return segment?.end_ns ?? null;
  }
}

function conditionOf(flowId: string, doomed: DoomedSegments, parameters: Parameters): string {
  const after = doomed.position > doomed.start ? doomed.position : doomed.start;
  const conditions = [
    `s.flow_id = ${parameters.add(flowId, 'uuid')}`,
    `s.end_ns > ${parameters.add(String(after), 'int8')}`,
    `s.end_ns <= ${parameters.add(String(doomed.end), 'int8')}`,
    `s.start_ns >= ${parameters.add(String(doomed.start), 'int8')}`,
  ];
  if (doomed.objectId !== undefined) conditions.push(`s.object_id = ${parameters.add(doomed.objectId, 'text')}`);
  return conditions.join(' AND ');
}
