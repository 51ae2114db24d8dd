import { Injectable } from '@nestjs/common';
import { currentPrincipal } from '@tams/auth';
import { Configuration, type Connection, JobQueue } from '@tams/platform';
import { ObjectAccess } from '../object-access';
import { COPY_JOB, DELETION_JOB, instanceJobKey } from './instance-jobs';
import { TooManyCopiesError } from './instance.errors';
import { type InstanceKey, type InstanceState, ObjectInstanceRepository } from './instance.repository';

/** Begins what outlives a request: copies, within the share of whoever asks, and deletions. The object is locked. */
@Injectable()
export class InstanceWork {
  constructor(
    private readonly instances: ObjectInstanceRepository,
    private readonly jobs: JobQueue,
    private readonly access: ObjectAccess,
    private readonly configuration: Configuration,
  ) {}

  /** @throws {TooManyCopiesError} */
  async beginCopy(connection: Connection, key: InstanceKey): Promise<void> {
    const asker = currentPrincipal()?.id ?? null;
    await this.refuseTooMany(connection, asker);
    await this.instances.beginCopy(connection, key, { readable: this.access.readable, asker });
    await this.jobs.enqueue(connection, COPY_JOB, key, { singletonKey: instanceJobKey(key) });
  }

  /** @param state what the instance is in now */
  async beginDeletion(connection: Connection, key: InstanceKey, state: InstanceState): Promise<void> {
    await this.instances.beginDeletion(connection, key);
    const job = state === 'copying' ? COPY_JOB : DELETION_JOB;
    await this.jobs.enqueue(connection, job, key, { singletonKey: instanceJobKey(key) });
  }

  /** Each principal has a share of the copies in progress: there are few places for them. */
  private async refuseTooMany(connection: Connection, asker: string | null): Promise<void> {
    const most = this.configuration.copies.mostPerPrincipal;
    if (most === 0 || asker === null) return;
    if ((await this.instances.copiesOf(connection, asker)) >= most) throw new TooManyCopiesError(most);
  }
}
