import type { Connection } from '@tams/platform';
import { TimeRange } from '@tams/timing';
import { SegmentRepository } from '../../libs/segments/src/segment.repository';

const repository = new SegmentRepository();

/** Asks for a page of 30 segments by the server's own statement, and for one more, which tells whether there is another page. */
export function pageOf30(
  connection: Connection,
  flowId: string,
  timerange: string,
  reverse: boolean,
): Promise<unknown> {
  return repository.list(connection, flowId, {
    timerange: TimeRange.parse(timerange),
    objectId: undefined,
    reverse,
    after: undefined,
    count: 31,
    withInstances: true,
  });
}
