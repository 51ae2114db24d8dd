import { Injectable, type OnModuleInit } from '@nestjs/common';
import { FlowRemoval, FlowRepository } from '@tams/flows';
import { uuid } from '@tams/model';
import { type Connection, Database, DomainError, inBatches, JobQueue } from '@tams/platform';
import { z } from 'zod';
import { DeletionRepository, type DeletionRow } from './deletion.repository';
import { DELETION_JOB } from './deletion-requests.service';
import { SegmentRemoval } from './segment-removal';

/** The kind of job that forgets finished requests. */
export const PURGE_JOB = 'flow-deletion-purge';

/** Segments deleted in one transaction: the Flow's lock is held for some hundred milliseconds. */
const BATCH = 2000;
/** Requests one replica works on at a time. */
const CONCURRENCY = 2;
const PURGE_EVERY_SECONDS = 60;
/** Times what a batch took. */
const PAUSE = 0.5;

/**
 * Works on accepted deletion requests, batch by batch. Each batch is one transaction that also notes how far the request
 * has come, so that whoever continues, on whatever replica, begins where the last committed batch ended.
 */
@Injectable()
export class DeletionJob implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly flows: FlowRepository,
    private readonly segments: SegmentRemoval,
    private readonly removal: FlowRemoval,
    private readonly deletions: DeletionRepository,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.define(DELETION_JOB, {
      schema: z.object({ request_id: uuid }),
      concurrency: CONCURRENCY,
      timeoutSeconds: 86_400,
      handler: ({ data }, { signal }) => this.run(data.request_id, signal),
    });
    this.jobs.define(PURGE_JOB, {
      schema: z.object({}),
      everySeconds: PURGE_EVERY_SECONDS,
      deletesByAge: true,
      handler: () => this.deletions.purge(this.database),
    });
  }

  private async run(requestId: string, signal: AbortSignal): Promise<void> {
    try {
      const batch = (): Promise<boolean> => this.database.transaction((connection) => this.step(connection, requestId));
      await inBatches(batch, { pause: PAUSE, signal });
    } catch (error) {
      if (!signal.aborted) await this.deletions.fail(this.database, requestId, deletionErrorOf(error));
      throw error;
    }
  }

  /** Deletes one batch. @returns whether there is more to do */
  private async step(connection: Connection, requestId: string): Promise<boolean> {
    const request = await this.deletions.find(connection, requestId);
    if (!request) return false;
    const flow = await this.flows.lock(connection, request.flow_id);
    const deletion = await this.deletions.lock(connection, requestId);
    if (!deletion || deletion.status === 'done') return false;
    if (!flow) return this.finish(connection, deletion, deletion.position_ns);

    const removed = await this.segments.remove(connection, flow, doomedBy(deletion), BATCH);
    const position = removed?.position ?? BigInt(deletion.position_ns);
    const remaining = await this.segments.cover(connection, flow.id, { ...doomedBy(deletion), position });
    if (!remaining.isEmpty()) {
      const change = { position_ns: String(position), remaining: remaining.toString(), status: 'started' } as const;
      await this.deletions.progress(connection, deletion.id, change);
      return true;
    }
    await this.finish(connection, deletion, String(position));
    if (deletion.delete_flow) {
      await this.removal.remove(connection, flow);
      await this.deletions.finishAll(connection, flow.id);
    } else await this.flows.countPendingDeletion(connection, flow.id, -1);
    return false;
  }

  private async finish(connection: Connection, { id }: DeletionRow, position: string): Promise<false> {
    await this.deletions.progress(connection, id, { position_ns: position, remaining: '()', status: 'done' });
    return false;
  }
}

function doomedBy(deletion: DeletionRow) {
  return {
    start: BigInt(deletion.start_ns),
    end: BigInt(deletion.end_ns),
    objectId: deletion.object_id ?? undefined,
    position: BigInt(deletion.position_ns),
  };
}

/** What clients may know of a failure; the whole of it is in the log. */
function deletionErrorOf(error: unknown): { type: string; summary: string; time: string } {
  const known = error instanceof DomainError;
  return {
    type: known ? error.code : 'internal-error',
    summary: known ? error.message : 'The deletion was interrupted by an unexpected error and will be tried again.',
    time: new Date().toISOString(),
  };
}
