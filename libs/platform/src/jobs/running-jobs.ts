import type { JobEnvelope, JobProgress, JobStop } from './job-envelope';
import type { ReadProgress } from './job-queue.types';

/** How often running jobs tell how far they are, and hear whether they should stop, in milliseconds. */
const LOOK_MS = 1_000;

/** Runs a statement on the queue's own connections. */
export type ExecuteStatement = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>;

/** Which attempt at which job. */
export interface AttemptKey {
  readonly kind: string;
  readonly id: string;
  /** Repetitions so far: of two attempts at a job only the last is believed. */
  readonly retryCount: number;
}

/** An attempt at a job by this process. */
export class RunningJob {
  private readonly controller = new AbortController();
  private readonly began = performance.now();
  private tell: ReadProgress | undefined;
  private first: number | undefined;
  private told = '';
  private asked: JobStop | undefined;

  constructor(
    readonly key: AttemptKey,
    /** How far an earlier attempt came. */
    readonly earlier: JobProgress | undefined,
  ) {}

  /** Aborted when somebody asks for the job to stop. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Who asked for it to stop. */
  get stop(): JobStop | undefined {
    return this.asked;
  }

  ask(stop: JobStop): void {
    if (this.asked) return;
    this.asked = stop;
    this.controller.abort(new Error(`Stopped by ${stop.by}.`));
  }

  /** Where to read how far it is. */
  readonly show = (tell: ReadProgress): void => {
    this.tell = tell;
  };

  /** How far it is, as JSON; undefined when there is nothing new to tell. */
  news(): string | undefined {
    const now = this.tell?.();
    if (!now) return undefined;
    this.first ??= this.earlier?.unit === now.unit && this.earlier.done <= now.done ? this.earlier.done : 0;
    const seconds = (performance.now() - this.began) / 1000;
    const rate = seconds >= 1 ? { per_second: Math.round(((now.done - this.first) / seconds) * 10) / 10 } : {};
    const known = JSON.stringify(now);
    if (known === this.told) return undefined;
    this.told = known;
    return JSON.stringify({ ...now, ...rate });
  }
}

/**
 * The attempts of this process, and what passes between them and whoever watches, on whatever replica: both lie in the job's
 * own row, so that nothing is lost with a notification or a process. Asks only while there are any.
 */
export class RunningJobs {
  private readonly running = new Map<string, RunningJob>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly execute: ExecuteStatement,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  begin(key: AttemptKey, { stop, progress }: Pick<JobEnvelope, 'stop' | 'progress'>): RunningJob {
    const job = new RunningJob(key, progress);
    if (stop) job.ask(stop);
    this.running.set(key.id, job);
    this.timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
    return job;
  }

  end(job: RunningJob): void {
    if (this.running.get(job.key.id) === job) this.running.delete(job.key.id);
    if (this.running.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Tells and asks now; one at a time. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce()
      .catch(this.onFailure)
      .finally(() => {
        this.looking = undefined;
      });
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const jobs = [...this.running.values()];
    if (jobs.length === 0) return;
    const news = jobs.flatMap((job) => {
      const progress = job.news();
      return progress === undefined ? [] : [{ ...job.key, progress }];
    });
    if (news.length > 0) await this.execute(TELL, columnsOf(news));
    const { rows } = await this.execute(HEAR, [jobs.map(({ key }) => key.kind), jobs.map(({ key }) => key.id)]);
    for (const { id, stop } of rows as { id: string; stop: JobStop }[]) this.running.get(id)?.ask(stop);
  }
}

const TELL = `
  UPDATE jobs.job j SET data = j.data || jsonb_build_object('progress', n.progress)
    FROM unnest($1::text[], $2::uuid[], $3::int[], $4::jsonb[]) n (name, id, retry_count, progress)
   WHERE j.name = n.name AND j.id = n.id AND j.retry_count = n.retry_count AND j.state = 'active'`;

const HEAR = `
  SELECT id, data -> 'stop' AS stop FROM jobs.job
   WHERE name = ANY($1::text[]) AND id = ANY($2::uuid[]) AND data ? 'stop'`;

function columnsOf(news: readonly (AttemptKey & { readonly progress: string })[]): unknown[] {
  return [
    news.map(({ kind }) => kind),
    news.map(({ id }) => id),
    news.map(({ retryCount }) => retryCount),
    news.map(({ progress }) => progress),
  ];
}
