import { workObserved, worksInProgress } from './work-observer';

/** What is done: a request that is answered, an attempt at a job, an attempt to tell a webhook. */
export type WorkKind = 'request' | 'job' | 'delivery';

/** One thing that work waited for: a statement, a call to a storage backend, a business operation around such things. */
export interface Step {
  readonly kind: 'statement' | 'storage' | 'operation';
  /** Of few values: `SELECT flows`, `storage put`, `flow.create`. */
  readonly name: string;
  /** Milliseconds from the start of the work to that of the step. */
  readonly start: number;
  /** How long it took, in milliseconds; absent while it goes on. */
  duration: number | undefined;
  /** Stable name of what went wrong. */
  failure: string | undefined;
  /** Process id of the session of PostgreSQL that ran the statement, as PostgreSQL counts. */
  session: number | undefined;
  /** What it was seen to wait for, in words. */
  waitsFor: string | undefined;
}

/** What is only put together when somebody wants to see the work. */
export interface WorkDetails {
  readonly correlationId: string;
  /** The trace, when it was sampled and so can be looked up elsewhere. */
  readonly traceId?: string | undefined;
  /** Facts by name, such as `method` or `flow_id`; no secrets, bounded. */
  readonly facts: Readonly<Record<string, string | number | undefined>>;
  /** What went wrong down to its cause, on one line. */
  readonly failure?: string | undefined;
}

/** Who knows the details of a piece of work. */
export interface WorkSource {
  describeWork(): WorkDetails;
}

/** How work ended. */
export interface WorkEnd {
  /** `success`; `rejected` when it was the caller's mistake; `error`. */
  readonly outcome: 'success' | 'rejected' | 'error';
  readonly milliseconds: number;
  /** HTTP status of an answer. */
  readonly status?: number;
  /** Code of the problem. */
  readonly problem?: string | undefined;
}

/** Steps that are kept of one piece of work: the first and the last ones, half of each. */
const MOST_STEPS = 60;

/**
 * One piece of work and what it waited for, kept for all work at a price of an addition to a list a step: whether it was
 * slow or failed, and so worth keeping, is only known at its end.
 */
export class Work {
  readonly start = performance.now();
  readonly steps: Step[] = [];
  /** Steps that are not among {@link steps} any more. */
  omitted = 0;

  constructor(
    readonly kind: WorkKind,
    private readonly source: WorkSource,
  ) {
    worksInProgress.add(this);
  }

  /** Begins a step. End it with {@link endStep}. */
  step(kind: Step['kind'], name: string): Step {
    const start = performance.now() - this.start;
    const step: Step = {
      kind,
      name,
      start,
      duration: undefined,
      failure: undefined,
      session: undefined,
      waitsFor: undefined,
    };
    if (this.steps.length >= MOST_STEPS) {
      this.steps.splice(MOST_STEPS / 2, 1);
      this.omitted += 1;
    }
    this.steps.push(step);
    return step;
  }

  endStep(step: Step, failure?: string): void {
    step.duration = performance.now() - this.start - step.start;
    step.failure = failure;
  }

  /** What only its source knows. */
  details(): WorkDetails {
    return this.source.describeWork();
  }

  /** It goes on, but nobody waits for it any more: a stream. */
  forget(): void {
    worksInProgress.delete(this);
  }

  /** @param name route, queue or receiver: of few values */
  end(name: string, end: WorkEnd): void {
    worksInProgress.delete(this);
    workObserved(this, name, end);
  }
}
