import { Injectable } from '@nestjs/common';
import { FlowLock, FlowReadOnlyError, FlowRemoval, type LockedFlow } from '@tams/flows';
import { Answer, type Connection, Database } from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { TimeRange } from '@tams/timing';
import type { DeletionRow } from './deletion.repository';
import { DeletionRequests, presentDeletion } from './deletion-requests.service';
import type { DeletionRequest, SegmentDeletionQuery } from './deletion.schema';
import { SegmentRemoval } from './segment-removal';
import type { DoomedSegments } from './segment-removal.repository';

/** Most segments that are deleted while the client waits; a tenth of a second's work. */
export const MAXIMUM_IMMEDIATE = 1000;

/** Asked once the Flow is locked; false leaves everything as it is. For deletions that nobody asked for at this moment. */
export type StillDue = (connection: Connection) => Promise<boolean>;

const always: StillDue = () => Promise.resolve(true);

/** Deleting segments and Flows: what is small at once, what is large as a request that goes on after the answer. */
@Injectable()
export class DeletionService {
  constructor(
    private readonly database: Database,
    private readonly lock: FlowLock,
    private readonly segments: SegmentRemoval,
    private readonly removal: FlowRemoval,
    private readonly requests: DeletionRequests,
  ) {}

  /**
   * Deletes the segments that lie wholly within a timerange: all of them (204), or none yet (202 with the request that will).
   * @throws {FlowNotFoundError} {@link FlowReadOnlyError} {@link FlowBeingDeletedError}
   */
  @TraceOperation('segment.delete')
  async deleteSegments(
    flowId: string,
    { timerange, object_id: objectId }: SegmentDeletionQuery,
    baseUrl: string,
    stillDue = always,
  ): Promise<Answer<DeletionRequest>> {
    const doomed = doomedSegments(timerange, objectId);
    const deletion = await this.database.transaction(async (connection) => {
      const flow = await this.lock.writable(connection, flowId);
      if (!(await stillDue(connection))) return undefined;
      if (await this.removeIfFew(connection, flow, doomed)) return undefined;
      return this.requests.accept(connection, flow, { doomed, timerange, deleteFlow: false });
    });
    return answerTo(deletion, baseUrl);
  }

  /**
   * Deletes a Flow with its segments: at once (204), or by a request (202), while which it can still be read. A second
   * call gives the same request again, and sets it going again if it was given up.
   * @throws {FlowNotFoundError} {@link FlowReadOnlyError}
   */
  @TraceOperation('flow.delete')
  async deleteFlow(flowId: string, baseUrl: string, stillDue = always): Promise<Answer<DeletionRequest>> {
    const doomed = doomedSegments(TimeRange.ETERNITY, undefined);
    const deletion = await this.database.transaction(async (connection) => {
      const flow = await this.lock.existing(connection, flowId, 'delete');
      if (flow.deletion_request !== null) return this.requests.resume(connection, flow.deletion_request);
      if (flow.read_only) throw new FlowReadOnlyError(flowId);
      if (!(await stillDue(connection))) return undefined;
      if (await this.removeIfFew(connection, flow, doomed)) {
        await this.removal.remove(connection, flow);
        await this.requests.finishAll(connection, flowId);
        return undefined;
      }
      return this.requests.accept(connection, flow, { doomed, timerange: TimeRange.ETERNITY, deleteFlow: true });
    });
    return answerTo(deletion, baseUrl);
  }

  private async removeIfFew(connection: Connection, flow: LockedFlow, doomed: DoomedSegments): Promise<boolean> {
    const count = await this.segments.count(connection, flow.id, doomed, MAXIMUM_IMMEDIATE + 1);
    if (count > MAXIMUM_IMMEDIATE) return false;
    await this.segments.remove(connection, flow, doomed, MAXIMUM_IMMEDIATE);
    return true;
  }
}

function doomedSegments(timerange: TimeRange, objectId: string | undefined): DoomedSegments {
  const { start, end } = timerange.clampToStorable();
  return { start, end, objectId, position: start };
}

function answerTo(deletion: DeletionRow | undefined, baseUrl: string): Answer<DeletionRequest> {
  if (!deletion) return Answer.noContent();
  return Answer.accepted(presentDeletion(deletion), `${baseUrl}/flow-delete-requests/${deletion.id}`);
}
