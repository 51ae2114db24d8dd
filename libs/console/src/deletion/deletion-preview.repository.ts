import { Injectable } from '@nestjs/common';
import type { Tags } from '@tams/model';
import { type Connection, prepared } from '@tams/platform';
import type { Stretch } from '../flow-coverage/density';

/** What a Flow's own row says. */
export interface DoomedFlow {
  readonly label: string | null;
  readonly tags: Tags | null;
  readonly read_only: boolean;
  readonly segment_count: string;
}

/** What some segments take with them. */
export interface Doomed {
  readonly segments: string;
  readonly objects: string;
  readonly shared_objects: string;
  readonly bytes: string;
  readonly freed_bytes: string;
}

/** SQL of what a deletion would take with it. */
@Injectable()
export class DeletionPreviewRepository {
  async flow(connection: Connection, flowId: string): Promise<DoomedFlow | undefined> {
    const [row] = await connection.query<DoomedFlow>(
      prepared(`SELECT label, document -> 'tags' AS tags, read_only, segment_count FROM flows WHERE id = $1`),
      [flowId],
    );
    return row;
  }

  /**
   * The first segments that lie wholly within a stretch, and their objects. Whether something else uses an object takes
   * three probes of the index of objects, however often it is used: before the stretch of this Flow, in order of Flow and
   * end, after it, and the first in it. Compared as rows, none can be taken for a walk along the Flow.
   */
  async doomed(connection: Connection, flowId: string, { start, end }: Stretch, most: number): Promise<Doomed> {
    const uses = 'FROM segments u WHERE u.object_id = o.object_id AND (u.flow_id, u.end_ns)';
    const [row] = await connection.query<Doomed>(
      prepared(`SELECT coalesce(sum(o.segments), 0)::text AS segments, count(*) AS objects,
              count(*) FILTER (WHERE o.shared) AS shared_objects, coalesce(sum(o.bytes), 0)::text AS bytes,
              coalesce(sum(o.bytes) FILTER (WHERE NOT o.shared), 0)::text AS freed_bytes
         FROM (SELECT o.segments,
                      (SELECT sum(i.size_bytes) FROM object_instances i WHERE i.object_id = o.object_id) AS bytes,
                      EXISTS (SELECT 1 ${uses} <= ($1, $2::int8)) OR EXISTS (SELECT 1 ${uses} > ($1, $3::int8))
                        OR coalesce((SELECT u.start_ns < $2::int8 ${uses} > ($1, $2::int8)
                                      ORDER BY u.flow_id, u.end_ns LIMIT 1), false) AS shared
                 FROM (SELECT object_id, count(*) AS segments
                         FROM (SELECT object_id FROM segments
                                WHERE flow_id = $1 AND end_ns > $2::int8 AND end_ns <= $3::int8 AND start_ns >= $2::int8
                                ORDER BY end_ns LIMIT $4::int8) s
                        GROUP BY object_id) o) o`),
      [flowId, String(start), String(end), most],
    );
    return row ?? { segments: '0', objects: '0', shared_objects: '0', bytes: '0', freed_bytes: '0' };
  }
}
