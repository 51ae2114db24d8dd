import { randomUUID } from 'node:crypto';
import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { expectJobs, loggerFor, observeEnqueue, observeJob, RecurringFailures } from '@tams/telemetry';
import { type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Connection } from '../database/database';
import { type JobEnvelope, type JobStop, seal, unseal } from './job-envelope';
import { type ListedJob, listJobs, markStopped } from './job-listing';
import { JobStoppedError } from './job.errors';
import {
  DEFAULT_RETRY,
  type EnqueueOptions,
  type JobContext,
  type JobDefinition,
  type JobDepth,
  type JobQueueOptions,
} from './job-queue.types';
import { pgBossOptions } from './pg-boss-options';
import { queueFailure } from './queue-failure';
import { type RunningJob, RunningJobs } from './running-jobs';

/** A kind of job, its data no longer typed: the schema vouches for it. */
type AnyDefinition = JobDefinition<object>;

const DEFAULT_TIMEOUT_SECONDS = 3600;
/** How long a job that is done, or was given up, stays visible, in seconds. */
const KEEP_SECONDS = 86_400;
/** How long a job may wait before it is dropped, in seconds: practically for ever, and the most pg-boss takes. */
const LONGEST_WAIT_SECONDS = 365 * 86_400;
/** Notifications wake workers at once; this bounds how late a repetition or a lost notification is, in seconds. */
const POLL_SECONDS = 2;

/**
 * Work that outlives a request: durable jobs in PostgreSQL (pg-boss), so that a job exists exactly when the change that
 * asked for it does, and any replica finishes what another began. Kinds are defined while modules start
 * (`onModuleInit`); workers start with the application.
 */
@Injectable()
export class JobQueue
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = loggerFor('Jobs');
  private readonly failures = new RecurringFailures(this.logger);
  private readonly definitions = new Map<string, AnyDefinition>();
  private readonly stopping = new AbortController();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly boss: PgBoss;
  private readonly running: RunningJobs;
  /** Whether pg-boss runs and its tables exist. */
  private open = false;
  /** Whether the workers start: no more kinds can be defined. */
  private started = false;

  constructor(private readonly options: JobQueueOptions) {
    this.boss = new PgBoss(pgBossOptions(options));
    this.running = new RunningJobs(
      (text, values) => this.boss.getDb().executeSql(text, values),
      (error) => {
        this.failures.tell(queueFailure(error));
      },
    );
    this.boss.on('error', (error) => {
      this.failures.tell(queueFailure(error));
    });
    this.boss.on('warning', ({ message }) => {
      this.logger.warn(message);
    });
  }

  /** Makes a kind of job known; before the application starts. */
  define<Data extends object>(kind: string, definition: JobDefinition<Data>): void {
    if (this.started) throw new Error(`Define the job kind ${kind} in onModuleInit: the workers have started already.`);
    if (this.definitions.has(kind)) throw new Error(`The job kind ${kind} is defined twice.`);
    this.definitions.set(kind, definition as unknown as AnyDefinition);
    expectJobs(kind);
  }

  /**
   * Adds a job inside the caller's transaction: it exists when, and only when, the transaction commits.
   * @returns its id; `undefined` when a job with the same singleton key waits already
   */
  async enqueue(
    connection: Connection,
    kind: string,
    data: object,
    { singletonKey, startAfter }: EnqueueOptions = {},
  ): Promise<string | undefined> {
    const definition = this.definitions.get(kind);
    if (!definition) throw new Error(`There is no job kind ${kind}; define it first.`);
    const checked = definition.schema.parse(data);
    return observeEnqueue(kind, async () => {
      const id = await this.boss.send(kind, seal(checked), {
        // Every queue keeps one waiting job a key, so a job without a key needs one of its own.
        singletonKey: singletonKey ?? randomUUID(),
        ...(startAfter && { startAfter }),
        db: { executeSql: async (text, values) => ({ rows: await connection.query(text, values) }) },
      });
      return id ?? undefined;
    });
  }

  /** What is waiting and running, of every kind defined here; one indexed query over unfinished jobs. */
  async depths(connection: Connection): Promise<JobDepth[]> {
    const rows = await connection.query<{
      kind: string;
      waiting: string;
      running: string;
      oldest: number;
      failed: string;
    }>(
      `SELECT name AS kind, count(*) FILTER (WHERE state < 'active') AS waiting,
              count(*) FILTER (WHERE state = 'active') AS running,
              count(*) FILTER (WHERE state = 'failed') AS failed,
              coalesce(extract(epoch FROM now() - min(greatest(created_on, start_after))
                               FILTER (WHERE state < 'active' AND start_after <= now())), 0)::float8 AS oldest
         FROM jobs.job WHERE name = ANY($1::text[]) AND (state < 'completed' OR state = 'failed') GROUP BY name`,
      [[...this.definitions.keys()]],
    );
    const found = new Map(rows.map((row) => [row.kind, row]));
    return [...this.definitions.keys()].map((kind) => {
      const row = found.get(kind);
      return {
        kind,
        waiting: Number(row?.waiting ?? 0),
        running: Number(row?.running ?? 0),
        oldestWaitingSeconds: Math.max(0, row?.oldest ?? 0),
        failed: Number(row?.failed ?? 0),
      };
    });
  }

  /** What goes on, on whatever replica, or waits, of every kind defined here: running ones first. @param most how many */
  list(connection: Connection, most: number): Promise<readonly ListedJob[]> {
    return listJobs(connection, [...this.definitions.keys()], most);
  }

  /** What stopping a job of this kind leaves; undefined when it cannot be stopped. */
  leavesWhenStopped(kind: string): string | undefined {
    return this.definitions.get(kind)?.stop?.leaves;
  }

  /**
   * Asks for a job to stop, wherever it runs: its worker hears of it within two seconds, ends between two batches, and
   * writes down what that leaves. One that waits is stopped by whoever takes it up, before all others.
   * @throws {JobNotFoundError} {@link JobNotStoppableError}
   */
  async stop(connection: Connection, id: string, by: string): Promise<void> {
    const stoppable = [...this.definitions].flatMap(([kind, { stop }]) => (stop ? [kind] : []));
    await markStopped(connection, id, { by, at: new Date().toISOString() }, stoppable);
    await this.running.look();
  }

  /** Installs the queue's tables, so that whatever starts with the application can already ask for depths. */
  async onModuleInit(): Promise<void> {
    this.open = true;
    await this.boss.start();
  }

  /** Makes the queues and starts the workers. */
  async onApplicationBootstrap(): Promise<void> {
    this.started = true;
    for (const [kind, definition] of this.definitions) {
      await this.createQueue(kind, definition);
      if (this.options.workers) await this.startWorkers(kind, definition);
    }
  }

  /** Tells running handlers to come to an end, while the last requests are still answered. */
  beforeApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.stopping.abort(new Error('The server stops; the job goes on elsewhere.'));
  }

  /** Waits for running handlers, for as long as their grace time; what is left goes back to the queue. */
  async onApplicationShutdown(): Promise<void> {
    if (this.open) await this.boss.stop({ graceful: true, timeout: this.options.stopGraceSeconds * 1000 });
  }

  private async createQueue(kind: string, definition: AnyDefinition): Promise<void> {
    const retry = { ...DEFAULT_RETRY, ...definition.retry };
    const settings = {
      retryLimit: retry.limit,
      retryDelay: retry.delaySeconds,
      retryBackoff: true,
      retryDelayMax: retry.maximumDelaySeconds,
      expireInSeconds: definition.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
      heartbeatSeconds: this.options.heartbeatSeconds,
      deleteAfterSeconds: Math.max(KEEP_SECONDS, 2 * (definition.everySeconds ?? 0)),
      retentionSeconds: LONGEST_WAIT_SECONDS,
      notify: true,
    };
    // "stately": of the jobs under one key at most one waits and at most one runs.
    await this.boss.createQueue(kind, { ...settings, policy: 'stately' });
    await this.boss.updateQueue(kind, settings);
  }

  private async startWorkers(kind: string, definition: AnyDefinition): Promise<void> {
    await this.boss.work<JobEnvelope, undefined, { includeMetadata: true }>(
      kind,
      {
        includeMetadata: true,
        localConcurrency: definition.concurrency ?? 1,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
      } as { includeMetadata: true },
      async ([job]) => {
        if (job) await this.run(job, definition);
        return undefined;
      },
    );
    if (definition.everySeconds !== undefined) await this.startSchedule(kind, definition.everySeconds);
  }

  /** Every replica proposes each run; the database lets one proposal of an interval through. */
  private async startSchedule(kind: string, everySeconds: number): Promise<void> {
    const propose = async (): Promise<void> => {
      await this.boss.send(kind, seal({}), { singletonKey: 'schedule', singletonSeconds: everySeconds });
    };
    await propose();
    this.timers.push(
      setInterval(() => {
        propose().catch((error: unknown) => {
          this.logger.error(error, `The scheduled job ${kind} could not be proposed; the next interval tries again.`);
        });
      }, everySeconds * 1000),
    );
  }

  private async run(job: JobWithMetadata<JobEnvelope>, definition: AnyDefinition): Promise<void> {
    const { id, name: kind, retryCount } = job;
    const sealed = unseal(job.data);
    const running = this.running.begin({ id, kind, retryCount }, sealed);
    // What ends the attempt without ending the job.
    const taken = AbortSignal.any([job.signal, this.stopping.signal]);
    const signal = AbortSignal.any([taken, running.signal]);
    const attempt = { queue: kind, id, attempt: retryCount + 1, carrier: sealed.trace, signal };
    try {
      await observeJob(attempt, async () => {
        try {
          signal.throwIfAborted();
          await this.handle(job, definition, sealed.data, { signal, earlier: running.earlier, show: running.show });
        } catch (error) {
          if (running.stop && !taken.aborted) await this.settle(running, definition, sealed.data, running.stop);
          if (!signal.aborted) {
            this.logger.error({ err: error, job: id, kind, attempt: retryCount + 1 }, `The job ${kind} failed.`);
          }
          throw error;
        }
      });
    } catch (error) {
      if (!(error instanceof JobStoppedError)) throw error;
    } finally {
      this.running.end(running);
    }
  }

  private async handle(
    { id, name: kind, retryCount, retryLimit }: JobWithMetadata<JobEnvelope>,
    { schema, handler, deletesByAge }: AnyDefinition,
    raw: unknown,
    context: JobContext,
  ): Promise<void> {
    if (deletesByAge && this.options.clock && !(await this.options.clock.moment())) return;
    const data = schema.parse(raw);
    await handler({ id, kind, data, attempt: retryCount + 1, lastAttempt: retryCount >= retryLimit }, context);
  }

  /** @throws {JobStoppedError} once what the stopped job leaves is written down */
  private async settle(
    { key: { id, kind } }: RunningJob,
    { schema, stop: rule }: AnyDefinition,
    raw: unknown,
    stop: JobStop,
  ): Promise<never> {
    try {
      await rule?.settle?.(schema.parse(raw), stop);
    } catch (error) {
      this.logger.error(
        { err: error, job: id, kind },
        `What the stopped job ${kind} leaves could not be written down.`,
      );
      throw error;
    }
    this.logger.warn({ job: id, kind, stopped_by: stop.by }, `The job ${kind} was stopped.`);
    throw new JobStoppedError(kind, stop.by);
  }
}
