import { Injectable, type OnModuleInit } from '@nestjs/common';
import { uuid } from '@tams/model';
import { Database, type JobContext, JobQueue } from '@tams/platform';
import { z } from 'zod';
import { objectId } from '../object.schema';
import { InstanceCopies } from './instance-copies';
import { InstanceDeletions } from './instance-deletions';
import { type InstanceKey, ObjectInstanceRepository } from './instance.repository';

/**
 * The kind of job that brings a copy to its end, and what follows when it is deleted meanwhile: one job at a time works on an
 * instance, so that a deletion never overtakes the copy it ends.
 */
export const COPY_JOB = 'object-instance';
/** The kind of job that frees the bytes of an instance no copy is made of: it never waits for copies, which may take hours. */
export const DELETION_JOB = 'object-instance-deletion';
const RECOVERY_JOB = 'object-instance-recovery';

const CONCURRENT_COPIES = 2;
const CONCURRENT_DELETIONS = 2;
const LONGEST_DELETION_SECONDS = 600;
/** Longest one attempt may take, in seconds: hours, for large objects over slow links. */
const LONGEST_ATTEMPT_SECONDS = 12 * 3600;
const LONGEST_PAUSE_SECONDS = 300;
const RECOVERY_INTERVAL_SECONDS = 600;
const RECOVERY_BATCH = 1000;

/** One job of a kind at a time works on an instance. */
export function instanceJobKey({ objectId, storageId }: InstanceKey): string {
  return `${storageId}/${objectId}`;
}

/** The durable jobs of instances. */
@Injectable()
export class InstanceJobs implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly instances: ObjectInstanceRepository,
    private readonly copies: InstanceCopies,
    private readonly deletions: InstanceDeletions,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.define(COPY_JOB, {
      schema: z.object({ objectId, storageId: uuid }),
      concurrency: CONCURRENT_COPIES,
      timeoutSeconds: LONGEST_ATTEMPT_SECONDS,
      retry: { maximumDelaySeconds: LONGEST_PAUSE_SECONDS },
      stop: {
        leaves:
          'The copy is given up, and what there is of it is freed; the other instances of the object stay. POST the instance again for another copy.',
        settle: (data) => this.giveUp(data),
      },
      handler: ({ data }, context) => this.settle(data, context),
    });
    this.jobs.define(DELETION_JOB, {
      schema: z.object({ objectId, storageId: uuid }),
      concurrency: CONCURRENT_DELETIONS,
      timeoutSeconds: LONGEST_DELETION_SECONDS,
      retry: { maximumDelaySeconds: LONGEST_PAUSE_SECONDS },
      handler: ({ data }) => this.deletions.finish(data),
    });
    this.jobs.define(RECOVERY_JOB, {
      schema: z.object({}),
      everySeconds: RECOVERY_INTERVAL_SECONDS,
      handler: () => this.recover(),
    });
  }

  /** Does what the instance's state asks for; nothing when another attempt has done it. */
  private async settle(key: InstanceKey, context: JobContext): Promise<void> {
    const object = await this.instances.find(this.database, key.objectId);
    const instance = object?.instances.find(({ storage_id: storageId }) => storageId === key.storageId);
    if (object && instance?.state === 'copying') await this.copies.copy(object, instance, context);
    await this.deletions.finish(key);
  }

  /** As if the instance had been deleted while it was copied. */
  private async giveUp(key: InstanceKey): Promise<void> {
    await this.copies.giveUp(key);
    await this.deletions.finish(key);
  }

  /** A state outlives its job when jobs were given up or lost, for example with an older backup. */
  private async recover(): Promise<void> {
    const unfinished = await this.instances.unfinished(this.database, RECOVERY_INTERVAL_SECONDS, RECOVERY_BATCH);
    for (const key of unfinished) {
      // Which lane it was in is not known any more; the one of copies does both.
      await this.jobs.enqueue(this.database, COPY_JOB, key, { singletonKey: instanceJobKey(key) });
    }
  }
}
