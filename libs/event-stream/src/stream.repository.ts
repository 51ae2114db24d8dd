import { Injectable } from '@nestjs/common';
import type { EventType } from '@tams/outbox';
import { type Connection, prepared } from '@tams/platform';
import type { StreamPosition } from './stream-position';

/** Events that are read at a time: at most so many, ... */
export const PAGE_EVENTS = 200;
/** ... and about so many bytes. */
const PAGE_BYTES = 1024 * 1024;
/** The latest events, among whose numbers may be some of transactions in progress. */
const RECENT_EVENTS = 500;

/** An event as streams read it. */
export interface StreamedEvent {
  readonly sequence: string;
  readonly type: EventType;
  readonly occurred: string;
  readonly flow_id: string | null;
  readonly source_id: string;
  /** JSON of the message's `event`. */
  readonly content: string;
  readonly base_url: string | null;
  /** `auth_classes` of what it is about, when it happened; null when classes restricted nobody. */
  readonly classes: readonly string[] | null;
  readonly flow_collected_by: readonly string[] | null;
  readonly source_collected_by: readonly string[] | null;
}

/** Events that a reader does not know, and which transactions the look saw the end of. */
export interface EventPage {
  readonly events: readonly StreamedEvent[];
  /** Whether there may be more. */
  readonly full: boolean;
  /** Every transaction before this one had ended. */
  readonly endedBefore: bigint;
  /** No transaction from this one on had begun; told to a reader that has gaps. */
  readonly begunBefore: bigint | undefined;
}

/** What streams want of those who change something. */
export interface Demand {
  readonly epoch: string;
  /** Whether events were wanted all the time since the epoch began, and that is a while ago. */
  readonly settled: boolean;
}

/** What is known of an epoch and of the events that are kept. */
export interface KeptEvents {
  readonly epoch: string;
  /** Number of the oldest event that is kept; null when there is none. */
  readonly oldest: string | null;
  /** Number that was given last. */
  readonly latest: string;
}

/** An epoch is young for so long: transactions that began before it may still write no events. */
const YOUNG_SECONDS = 10;

const COLUMNS = `sequence, type, occurred, flow_id, source_id, content, base_url, classes, flow_collected_by,
  source_collected_by`;

interface PageRow extends StreamedEvent {
  readonly ended_before: string;
  readonly begun_before: string | null;
}

/** SQL of reading the outbox as a stream. */
@Injectable()
export class StreamRepository {
  /** Has events written from the commit of this on, for so many seconds. A break in that begins a new epoch. */
  async demand(connection: Connection, seconds: number): Promise<Demand> {
    const [row] = await connection.query<Demand>(
      `WITH before AS (SELECT epoch, began, wanted_until > clock_timestamp() AS wanted FROM event_stream_demand FOR UPDATE)
       UPDATE event_stream_demand d
          SET epoch = CASE WHEN before.wanted THEN before.epoch ELSE before.epoch + 1 END,
              began = CASE WHEN before.wanted THEN before.began ELSE clock_timestamp() END,
              wanted_until = greatest(wanted_until, clock_timestamp() + make_interval(secs => $1))
         FROM before
    RETURNING d.epoch, d.began < clock_timestamp() - interval '${YOUNG_SECONDS} seconds' AS settled`,
      [seconds],
    );
    if (!row) throw new Error('The row of event_stream_demand is missing.');
    return row;
  }

  /** Transactions there are: all before `ended` have ended, none from `begun` on has begun. */
  async transactions(connection: Connection): Promise<{ readonly ended: bigint; readonly begun: bigint }> {
    const [row] = await connection.query<{ ended: string; begun: string }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS ended, pg_current_xact_id()::text AS begun`,
    );
    return { ended: BigInt(row?.ended ?? 0), begun: BigInt(row?.begun ?? 0) };
  }

  /** Numbers of the latest events, descending; what is missing among them may still come. */
  async recent(connection: Connection): Promise<{ readonly numbers: readonly bigint[]; readonly all: boolean }> {
    const rows = await connection.query<{ sequence: string }>(
      `SELECT sequence FROM outbox_events ORDER BY sequence DESC LIMIT ${RECENT_EVENTS}`,
    );
    return { numbers: rows.map(({ sequence }) => BigInt(sequence)), all: rows.length < RECENT_EVENTS };
  }

  /** What a client that comes back may still be told. */
  async kept(connection: Connection): Promise<KeptEvents> {
    const [row] = await connection.query<KeptEvents>(
      `SELECT epoch, (SELECT min(sequence) FROM outbox_events) AS oldest,
              coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox_events', 'sequence')::regclass), 0) AS latest
         FROM event_stream_demand`,
    );
    if (!row) throw new Error('The row of event_stream_demand is missing.');
    return row;
  }

  /**
   * The next events a reader does not know, in order of their numbers, those in its gaps first. Which transactions have begun is
   * told by a number of its own: the end of a snapshot comes after the last transaction that is over, and others beyond it may run.
   */
  async after(connection: Connection, position: StreamPosition): Promise<EventPage> {
    const rows = await connection.query<PageRow>(
      prepared(`SELECT s.ended_before, s.begun_before, e.*
         FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS ended_before,
                      CASE WHEN cardinality($2::int8[]) > 0 THEN pg_current_xact_id()::text END AS begun_before) s
         LEFT JOIN LATERAL (
           (SELECT ${COLUMNS}
              FROM unnest($2::int8[], $3::int8[]) g (first, last)
             CROSS JOIN LATERAL (SELECT * FROM outbox_events o WHERE o.sequence BETWEEN g.first AND g.last
                                  ORDER BY o.sequence LIMIT ${PAGE_EVENTS}) o
             LIMIT ${PAGE_EVENTS})
           UNION ALL
           (SELECT ${COLUMNS}
              FROM (SELECT *, sum(content_bytes) OVER (ORDER BY sequence) - content_bytes AS bytes_before
                      FROM (SELECT * FROM outbox_events WHERE sequence > $1::int8 ORDER BY sequence LIMIT ${PAGE_EVENTS}) o) o
             WHERE bytes_before < ${PAGE_BYTES})) e ON true
        ORDER BY e.sequence`),
      [
        String(position.high),
        position.gaps.map(({ first }) => String(first)),
        position.gaps.map(({ last }) => String(last)),
      ],
    );
    const begun = rows[0]?.begun_before;
    const events = rows.filter((row) => (row.sequence as string | null) !== null);
    return {
      events,
      full: events.length >= PAGE_EVENTS || bytesOf(events) >= PAGE_BYTES,
      endedBefore: BigInt(rows[0]?.ended_before ?? 0),
      begunBefore: begun === null || begun === undefined ? undefined : BigInt(begun),
    };
  }
}

function bytesOf(events: readonly StreamedEvent[]): number {
  return events.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
}
