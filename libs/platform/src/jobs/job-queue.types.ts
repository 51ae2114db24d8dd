import type { ZodType } from 'zod';
import type { SteadyClock } from '../database/steady-clock';
import type { JobProgress, JobStop } from './job-envelope';

/** What a handler knows of the job it works on. */
export interface Job<Data> {
  readonly id: string;
  readonly kind: string;
  /** Checked against the schema of its kind. */
  readonly data: Data;
  /** 1 on the first attempt. A job whose process died, or that was interrupted by a stop, counts too. */
  readonly attempt: number;
  /** Whether the job is given up when this attempt fails. */
  readonly lastAttempt: boolean;
}

/** What a handler may need while it works. */
export interface JobContext {
  /**
   * Aborted when the server stops, and when another replica has taken the job over because this one seemed dead. A
   * handler that throws then is resumed elsewhere; one that finishes in its grace time is done. Aborted too when somebody
   * asks for the job to stop: then it is not resumed ({@link StopRule}).
   */
  readonly signal: AbortSignal;
  /** How far the attempt before came, as far as it was told: where counting goes on. */
  readonly earlier?: JobProgress | undefined;
  /** Tells where to read how far it is; read once a second, and seen from every replica. */
  readonly show: (tell: ReadProgress) => void;
}

/** How far a job is just now, without a rate; undefined when it cannot say. */
export type ReadProgress = () => Omit<JobProgress, 'per_second'> | undefined;

/** What becomes of a job that a person stops. */
export interface StopRule<Data extends object> {
  /** What it leaves, as whoever is about to stop it reads it: a sentence or two. */
  readonly leaves: string;
  /**
   * Writes down what the stopped job leaves, once its handler has ended, or in its place. Must be safe to run again; while it
   * fails, it is tried again like a handler.
   */
  readonly settle?: (data: Data, stop: JobStop) => Promise<void>;
}

/** How a failed attempt is repeated. */
export interface JobRetry {
  /** Most repetitions before the job is given up; default {@link DEFAULT_RETRY}. */
  readonly limit?: number;
  /** Pause before the first repetition, in seconds; it doubles with each further one, with some jitter. */
  readonly delaySeconds?: number;
  /** Longest pause, in seconds. */
  readonly maximumDelaySeconds?: number;
}

/** In a job that is never lost, the limit only guards against a job that can never succeed. */
export const DEFAULT_RETRY: Required<JobRetry> = { limit: 1000, delaySeconds: 1, maximumDelaySeconds: 60 };

/** One kind of job: what its data looks like and what is done. */
export interface JobDefinition<Data extends object> {
  /** Checks the data of a job when it is enqueued and again before it runs. */
  readonly schema: ZodType<Data>;
  /** Most jobs of this kind one replica works on at a time; default 1. */
  readonly concurrency?: number;
  readonly retry?: JobRetry;
  /** Longest one attempt may run, in seconds, before it counts as stuck; default an hour. */
  readonly timeoutSeconds?: number;
  /**
   * Runs the job every so many seconds on one of the replicas, with empty data: once for all of them, and not while the
   * run before is still going on. The schema must accept `{}`.
   */
  readonly everySeconds?: number;
  /** Whether it deletes what is old: it then does nothing while the clock cannot be believed ({@link SteadyClock}). */
  readonly deletesByAge?: boolean;
  /** There for kinds that a person may stop: their handlers look at their signal between batches. */
  readonly stop?: StopRule<Data>;
  /** Must be safe to run again from the start: a crash may come at any moment, even after its last effect. */
  readonly handler: (job: Job<Data>, context: JobContext) => Promise<void>;
}

/** How one job is enqueued. */
export interface EnqueueOptions {
  /** At most one job of the kind waits under a key, and at most one runs; another that waits makes this one superfluous. */
  readonly singletonKey?: string;
  /** Not before this time. */
  readonly startAfter?: Date;
}

/** Work of one kind that is not done yet, for metrics. */
export interface JobDepth {
  readonly kind: string;
  /** Jobs that wait, also those that wait for a repetition or for their time. */
  readonly waiting: number;
  readonly running: number;
  /** Age of the oldest job that waits although its time has come, in seconds; 0 when none does. */
  readonly oldestWaitingSeconds: number;
  /** Jobs given up, of those still kept (a day). */
  readonly failed: number;
}

/** Settings of a {@link JobQueue}. */
export interface JobQueueOptions {
  /** `postgres://` URL of the database; the queue keeps a schema of its own there. */
  readonly databaseUrl: string;
  /** What jobs that delete by age ask first; without it (tests) they believe the clock. */
  readonly clock?: SteadyClock;
  /** Connections of its own, beside one that listens. */
  readonly poolSize: number;
  /** Whether this process works on jobs; without, it only enqueues them and leaves the work to other replicas. */
  readonly workers: boolean;
  /** How long a worker may show no sign of life before its job is given to another, in seconds; at least 10. */
  readonly heartbeatSeconds: number;
  /** How long running jobs may go on after a stop was asked for, in seconds. */
  readonly stopGraceSeconds: number;
}
