export { JOB_SCHEMA } from './pg-boss-options';
export { JobQueue } from './job-queue';
export {
  type EnqueueOptions,
  type Job,
  type JobContext,
  type JobDefinition,
  type JobDepth,
  type JobQueueOptions,
  type JobRetry,
} from './job-queue.types';
