import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '@tams/platform';
import { z } from 'zod';
import { EventRetention } from './event-retention.service';

/** The kind of job that removes old events. */
export const EVENT_RETENTION_JOB = 'event-retention';
const EVERY_SECONDS = 3600;
/** It comes again by itself. */
const RETRIES = 1;

/** Removes old events every hour, on one replica at a time. */
@Injectable()
export class EventRetentionJob implements OnModuleInit {
  constructor(
    private readonly retention: EventRetention,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.define(EVENT_RETENTION_JOB, {
      schema: z.object({}),
      retry: { limit: RETRIES },
      everySeconds: EVERY_SECONDS,
      deletesByAge: true,
      stop: { leaves: 'Old events stay until the next run, which comes by itself.' },
      handler: async (_job, { signal }) => {
        await this.retention.run(signal);
      },
    });
  }
}
