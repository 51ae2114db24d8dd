import { withinClasses } from '@tams/auth';

/** A registration so recent makes a Flow live; as the gauge `tams_flows_stalled` counts. */
export const LIVE_SECONDS = 60;
/** Segments from whose sizes that of a longer Flow is estimated: the latest. */
export const SIZED_SEGMENTS = 8;
/** Registrations that a rate is taken from. */
const RATED_SEGMENTS = 20;
/** Flows a Flow collects, or is collected by, that an overview names. */
export const NAMED_FLOWS = 20;
/** Flows that are looked at together: those that one Flow collects, or that represent one Source. */
export const GATHERED_FLOWS = 1000;

/** SQL: whether the Flow `f` was added to just now and is not complete. The first condition is answered by an index, to the minute. */
const IS_LIVE = `f.added_minute >= date_trunc('minute', now() - interval '${LIVE_SECONDS} seconds')
  AND f.segments_added > now() - interval '${LIVE_SECONDS} seconds' AND f.status IS DISTINCT FROM 'closed_complete'`;

/** SQL conditions of each activity, on the Flow `f`. */
export const activityConditions = {
  live: IS_LIVE,
  stalled: `f.status = 'ingesting' AND f.segment_count > 0 AND f.segments_added <= now() - interval '${LIVE_SECONDS} seconds'`,
  idle: `f.segment_count > 0 AND f.status IS DISTINCT FROM 'ingesting'
    AND (f.status = 'closed_complete' OR f.segments_added <= now() - interval '${LIVE_SECONDS} seconds')`,
  empty: 'f.segment_count = 0',
} as const;

/**
 * SQL of what the latest segments of a Flow tell of its size: a few index probes, however long it is. `sized` is how many
 * different objects they use, `sized_bytes` their bytes, `sized_ns` the stretch of timeline of those whose size is known.
 * @param flow alias of the Flow
 */
export function sizeOf(flow: string): string {
  return `SELECT count(*) AS objects, count(o.bytes) AS sized, sum(o.bytes) AS sized_bytes,
            sum(o.duration_ns) FILTER (WHERE o.bytes IS NOT NULL) AS sized_ns
       FROM (SELECT s.object_id, sum(s.end_ns::numeric - s.start_ns) AS duration_ns,
                    (SELECT max(i.size_bytes) FROM object_instances i WHERE i.object_id = s.object_id) AS bytes
               FROM (SELECT s.object_id, s.start_ns, s.end_ns FROM segments s WHERE s.flow_id = ${flow}.id
                      ORDER BY s.end_ns DESC LIMIT ${SIZED_SEGMENTS}) s
              GROUP BY s.object_id) o`;
}

/** SQL of how fast the Flow `f` grows: media registered after the first of the latest objects, in the time that took. */
export const RATE = `SELECT json_build_object(
         'media_per_second', sum(r.duration_ns) FILTER (WHERE r.registered > r.first) / 1e9 / r.seconds,
         'bits_per_second', 8 * sum(r.bytes) FILTER (WHERE r.registered > r.first) / r.seconds) AS rate
    FROM (SELECT s.end_ns::numeric - s.start_ns AS duration_ns, o.registered,
                 (SELECT max(i.size_bytes) FROM object_instances i WHERE i.object_id = s.object_id) AS bytes,
                 min(o.registered) OVER () AS first,
                 extract(epoch FROM max(o.registered) OVER () - min(o.registered) OVER ()) AS seconds
            FROM (SELECT s.object_id, s.start_ns, s.end_ns FROM segments s WHERE s.flow_id = f.id
                   ORDER BY s.end_ns DESC LIMIT ${RATED_SEGMENTS}) s
            JOIN objects o ON o.id = s.object_id) r
   WHERE r.seconds > 0 GROUP BY r.seconds`;

/**
 * SQL of the Flows that the Flow `f` collects, in order, with what they say together when it has no segments of its own.
 * @param readable place of the classes whose Flows may be shown; absent for all
 */
export function membersOf(readable: string | undefined): string {
  const shown = readable ? ` AND ${withinClasses('flow', 'i.flow_id', readable)}` : '';
  return `SELECT count(*) AS member_count,
            json_agg(json_build_object('id', m.id, 'role', m.role, 'label', m.label, 'format', m.format, 'codec', m.codec,
              'segment_count', m.segment_count) ORDER BY m.position) FILTER (WHERE m.position_shown <= ${NAMED_FLOWS}) AS members,
            sum(m.segment_count) AS segment_count, min(m.first_start_ns) AS first_start_ns,
            max(m.last_end_ns) AS last_end_ns, max(m.segments_added) AS segments_added
       FROM (SELECT m.id, i.item ->> 'role' AS role, m.label, m.format, m.codec, m.segment_count, m.first_start_ns,
                    m.last_end_ns, m.segments_added, i.position, row_number() OVER (ORDER BY i.position) AS position_shown
               FROM flow_collection_items i JOIN flows m ON m.id = i.flow_id
              WHERE i.collection_id = f.id${shown} ORDER BY i.position LIMIT ${GATHERED_FLOWS}) m`;
}

/** SQL of the Flows that collect the Flow `f`. @param readable as for {@link membersOf} */
export function collectionsOf(readable: string | undefined): string {
  const shown = readable ? ` AND ${withinClasses('flow', 'i.collection_id', readable)}` : '';
  return `ARRAY(SELECT DISTINCT i.collection_id FROM flow_collection_items i WHERE i.flow_id = f.id${shown}
                 ORDER BY i.collection_id LIMIT ${NAMED_FLOWS})`;
}
