export { JOB_SCHEMA } from './pg-boss-options';
export type { JobProgress, JobStop } from './job-envelope';
export type { ListedJob } from './job-listing';
export { JobNotFoundError, JobNotStoppableError } from './job.errors';
export { JobQueue } from './job-queue';
export {
  type EnqueueOptions,
  type Job,
  type JobContext,
  type JobDefinition,
  type JobDepth,
  type JobQueueOptions,
  type JobRetry,
  type ReadProgress,
  type StopRule,
} from './job-queue.types';
