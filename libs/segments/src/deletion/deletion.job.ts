import { Injectable, type OnModuleInit } from '@nestjs/common';
import { FlowRemoval, FlowRepository } from '@tams/flows';
import { uuid } from '@tams/model';
import {
  afterCommit,
  type Connection,
  Database,
  DomainError,
  inBatches,
  type JobContext,
  JobQueue,
} from '@tams/platform';
import { z } from 'zod';
import { DeletionRepository, type DeletionRow, isOver } from './deletion.repository';
import { DELETION_JOB, DeletionRequests } from './deletion-requests.service';
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
/** Segments counted at most, to say how many there are to delete; a Flow that is deleted whole knows its number. */
const MOST_COUNTED = 1_000_000;

/** How far a deletion has come, for whoever watches. */
interface Counted {
  readonly about: string;
  done: number;
  total: number | undefined;
}

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
    private readonly requests: DeletionRequests,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.define(DELETION_JOB, {
      schema: z.object({ request_id: uuid }),
      concurrency: CONCURRENCY,
      timeoutSeconds: 86_400,
      stop: {
        leaves:
          'What is deleted is gone; the Flow keeps the rest, and can be written again. The request ends as an error that names you. A new DELETE takes up what is left.',
        settle: ({ request_id: id }, { by }) => this.requests.stop(id, by),
      },
      handler: ({ data }, context) => this.run(data.request_id, context),
    });
    this.jobs.define(PURGE_JOB, {
      schema: z.object({}),
      everySeconds: PURGE_EVERY_SECONDS,
      deletesByAge: true,
      handler: () => this.deletions.purge(this.database),
    });
  }

  private async run(requestId: string, { signal, earlier, show }: JobContext): Promise<void> {
    try {
      const counted = await this.count(requestId, earlier?.done ?? 0);
      if (!counted) return;
      show(() => ({ ...counted, unit: 'segments' }));
      const batch = (): Promise<boolean> =>
        this.database.transaction((connection) => this.step(connection, requestId, counted));
      await inBatches(batch, { pause: PAUSE, signal });
    } catch (error) {
      if (!signal.aborted) await this.deletions.fail(this.database, requestId, deletionErrorOf(error));
      throw error;
    }
  }

  /** What there is to do, before it begins or goes on. @param done by attempts before; undefined when there is nothing to do */
  private async count(requestId: string, done: number): Promise<Counted | undefined> {
    const deletion = await this.deletions.find(this.database, requestId);
    if (!deletion) return undefined;
    const { flow_id: flowId, delete_flow: whole, timerange } = deletion;
    const about = whole ? `Flow ${flowId}` : `Flow ${flowId}, timerange ${timerange}`;
    if (whole) return { about, done, total: undefined };
    const left = await this.segments.count(this.database, flowId, doomedBy(deletion), MOST_COUNTED);
    return { about, done, total: left < MOST_COUNTED ? done + left : undefined };
  }

  /** Deletes one batch. @returns whether there is more to do */
  private async step(connection: Connection, requestId: string, counted: Counted): Promise<boolean> {
    const request = await this.deletions.find(connection, requestId);
    if (!request) return false;
    const flow = await this.flows.lock(connection, request.flow_id);
    const deletion = await this.deletions.lock(connection, requestId);
    if (!deletion || isOver(deletion)) return false;
    if (!flow) return this.finish(connection, deletion, deletion.position_ns);

    const removed = await this.segments.remove(connection, flow, doomedBy(deletion), BATCH);
    const position = removed?.position ?? BigInt(deletion.position_ns);
    const remaining = await this.segments.cover(connection, flow.id, { ...doomedBy(deletion), position });
    if (removed) {
      afterCommit(connection, () => {
        counted.done += removed.count;
        if (deletion.delete_flow) counted.total = counted.done + removed.left;
      });
    }
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
