import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration, JobQueue } from '@tams/platform';
import { z } from 'zod';
import { RetentionService } from './retention.service';

/** The kind of job that carries out retention. */
export const RETENTION_JOB = 'retention';
/** It comes again by itself. */
const RETRIES = 1;

/** Carries out retention regularly, on one replica at a time. */
@Injectable()
export class RetentionJob implements OnModuleInit {
  constructor(
    private readonly retention: RetentionService,
    private readonly configuration: Configuration,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    const { retentionIntervalSeconds: everySeconds } = this.configuration;
    this.jobs.define(RETENTION_JOB, {
      schema: z.object({}),
      retry: { limit: RETRIES },
      ...(everySeconds > 0 && { everySeconds }),
      stop: { leaves: 'What is due stays until the next run, which comes by itself.' },
      handler: async (_job, { signal }) => {
        await this.retention.run(signal);
      },
    });
  }
}
