import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, inBatches, JobQueue } from '@tams/platform';
import { z } from 'zod';
import { ObjectInstanceRepository } from './instance.repository';

/** The kind of job that looks at the objects that were there before. */
export const SOLE_INSTANCE_JOB = 'sole-instances';

/** Objects of one transaction: their rows are locked so long. */
const BATCH = 500;
/** A run takes no new batch after this long; the next run goes on. */
const RUN_MS = 60_000;
const EVERY_SECONDS = 60;
/** Times what a batch took. */
const PAUSE = 4;

/**
 * Writes onto the rows of older objects where they are, a batch at a time, until all have been looked at; triggers keep it true
 * from then on. Until then, and beside servers of an older version, their instances are looked up for each page.
 */
@Injectable()
export class SoleInstanceBackfill implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly instances: ObjectInstanceRepository,
    private readonly jobs: JobQueue,
  ) {}

  async onModuleInit(): Promise<void> {
    const isUnfinished = await this.instances.awaitsSoleInstances(this.database);
    this.jobs.define(SOLE_INSTANCE_JOB, {
      schema: z.object({}),
      ...(isUnfinished && { everySeconds: EVERY_SECONDS }),
      stop: { leaves: 'The next run goes on where this one ends; it comes by itself.' },
      handler: (_job, { signal }) => this.run(signal),
    });
  }

  /** Works for a minute at most. */
  async run(signal: AbortSignal): Promise<void> {
    const batch = (): Promise<boolean> =>
      this.database.transaction((connection) => this.instances.noteSoleInstances(connection, BATCH));
    await inBatches(batch, { pause: PAUSE, forMilliseconds: RUN_MS, signal });
  }
}
