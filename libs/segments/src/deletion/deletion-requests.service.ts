import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AUTH_CLASSES, ClassAccess, classesOf, attributedTo } from '@tams/auth';
import { FlowRepository, type LockedFlow } from '@tams/flows';
import { type Connection, Database, JobQueue, type Page, pageOf } from '@tams/platform';
import type { TimeRange } from '@tams/timing';
import { DeletionRequestNotFoundError } from './deletion.errors';
import { DeletionRepository, type DeletionRow, isOver } from './deletion.repository';
import type { DeletionListQuery, DeletionRequest } from './deletion.schema';
import { SegmentRemoval } from './segment-removal';
import type { DoomedSegments } from './segment-removal.repository';

/** The kind of job that works on a deletion request; its data is the request's id. */
export const DELETION_JOB = 'flow-deletion';

/** What a new request is to delete. */
export interface DeletionPlan {
  readonly doomed: DoomedSegments;
  /** As the client wrote it. */
  readonly timerange: TimeRange;
  /** Whether the Flow goes with its last segment. */
  readonly deleteFlow: boolean;
}

/** Requests to delete what takes longer than a client should wait: accepting and reading them. */
@Injectable()
export class DeletionRequests {
  constructor(
    private readonly database: Database,
    private readonly flows: FlowRepository,
    private readonly segments: SegmentRemoval,
    private readonly deletions: DeletionRepository,
    private readonly jobs: JobQueue,
    private readonly classes: ClassAccess,
  ) {}

  /** Accepts a request for a locked Flow: it exists, its job exists, and the Flow knows of it, or none of the three. */
  async accept(
    connection: Connection,
    { id: flowId, document }: LockedFlow,
    { doomed, timerange, deleteFlow }: DeletionPlan,
  ): Promise<DeletionRow> {
    const deletion = await this.deletions.insert(connection, {
      id: randomUUID(),
      flow_id: flowId,
      delete_flow: deleteFlow,
      timerange: timerange.toString(),
      start_ns: String(doomed.start),
      end_ns: String(doomed.end),
      object_id: doomed.objectId ?? null,
      position_ns: String(doomed.position),
      remaining: (await this.segments.cover(connection, flowId, doomed)).toString(),
      created_by: attributedTo(undefined) ?? null,
      classes: [...classesOf(document.tags)],
    });
    if (deleteFlow) await this.flows.beginDeletion(connection, flowId, deletion.id);
    else await this.flows.countPendingDeletion(connection, flowId, 1);
    // The event flows/deleted may also be sent here ("scheduled for deletion"); we send it when the Flow is gone.
    await this.enqueue(connection, deletion.id);
    return deletion;
  }

  /** Sets an accepted request going again in case its job was given up; nothing happens while there is one. */
  async resume(connection: Connection, id: string): Promise<DeletionRow> {
    const deletion = await this.deletions.find(connection, id);
    if (!deletion) throw new DeletionRequestNotFoundError(id);
    await this.enqueue(connection, id);
    return deletion;
  }

  /**
   * Ends a request before it is done, because a person stopped its job: what is left of the Flow stays, and can be written
   * again, or deleted by a new request. Can be repeated.
   */
  async stop(id: string, by: string): Promise<void> {
    await this.database.transaction(async (connection) => {
      const request = await this.deletions.find(connection, id);
      if (!request) return;
      const flow = await this.flows.lock(connection, request.flow_id);
      const deletion = await this.deletions.lock(connection, id);
      if (!deletion || isOver(deletion)) return;
      if (flow?.deletion_request === id) await this.flows.endDeletion(connection, flow.id);
      else if (flow && !deletion.delete_flow) await this.flows.countPendingDeletion(connection, flow.id, -1);
      await this.deletions.end(connection, id, by);
    });
  }

  /** Ends every request on a Flow that is gone. */
  finishAll(connection: Connection, flowId: string): Promise<void> {
    return this.deletions.finishAll(connection, flowId);
  }

  /** Requests that still delete segments of a locked Flow. */
  async unfinished(connection: Connection, flow: LockedFlow): Promise<readonly DeletionRow[]> {
    return flow.deletions_pending === 0 ? [] : this.deletions.unfinished(connection, flow.id);
  }

  async list(query: DeletionListQuery): Promise<Page<DeletionRequest>> {
    const rows = await this.deletions.list(this.database, query);
    return pageOf(rows, this.deletions.ordering(query), query, presentDeletion);
  }

  /**
   * For whom may delete the Flow; when it is gone, for whom might have when its deletion was asked for, whoever has made
   * another Flow of the same id since.
   * @throws {DeletionRequestNotFoundError}
   */
  async get(id: string): Promise<DeletionRequest> {
    const row = await this.deletions.find(this.database, id);
    if (!row) throw new DeletionRequestNotFoundError(id);
    if (this.classes.enabled) {
      const tags = (await this.flows.tags(this.database, row.flow_id, row.created)) ?? { [AUTH_CLASSES]: row.classes };
      this.classes.require('delete', tags, () => new DeletionRequestNotFoundError(id));
    }
    return presentDeletion(row);
  }

  private async enqueue(connection: Connection, id: string): Promise<void> {
    await this.jobs.enqueue(connection, DELETION_JOB, { request_id: id }, { singletonKey: id });
  }
}

/** A row as clients read it. */
export function presentDeletion(row: DeletionRow): DeletionRequest {
  return {
    id: row.id,
    flow_id: row.flow_id,
    timerange_to_delete: row.timerange,
    timerange_remaining: row.remaining,
    delete_flow: row.delete_flow,
    created: row.created,
    ...(row.created_by !== null && { created_by: row.created_by }),
    updated: row.updated,
    expiry: row.expiry,
    status: row.status,
    ...(row.error && { error: row.error }),
  };
}
