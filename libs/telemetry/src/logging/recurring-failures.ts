import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';

/** How often a failure that goes on is told of again, in milliseconds. */
const SUMMARY_INTERVAL_MS = 60_000;
/** Most kinds told apart at a time; further ones share one. */
const MAXIMUM_KINDS = 50;
const OTHER_KINDS = 'other';

/** What is told of one failure. */
export interface Failure {
  readonly level: 'warn' | 'error';
  /** What went wrong; its stack is written once. */
  readonly error: unknown;
  /** One sentence for operators. */
  readonly message: string;
  /** Further fields of the line, the same for each failure of a kind. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

interface Recurring {
  last: Failure;
  repeated: number;
}

/** Runs what outlives the request that caused it outside of its context: a summary is nobody's correlation id. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Tells of failures that may come with every request: the first of a kind with its stack, those that follow as one line a
 * minute that counts them. A kind is where an error came from and what it is, so that two defects do not hide each other.
 */
export class RecurringFailures {
  private readonly kinds = new Map<string, Recurring>();

  constructor(
    private readonly logger: Logger,
    private readonly intervalMs = SUMMARY_INTERVAL_MS,
  ) {}

  /** Writes a line, or counts. */
  tell(failure: Failure): void {
    const kind = this.kindOf(failure);
    const known = this.kinds.get(kind);
    if (known) {
      known.last = failure;
      known.repeated += 1;
      return;
    }
    this.kinds.set(kind, { last: failure, repeated: 0 });
    const { level, error, message, fields } = failure;
    this.logger[level]({ err: error, ...fields }, message);
    this.summarizeLater(kind);
  }

  private summarizeLater(kind: string): void {
    outside(() => {
      setTimeout(() => {
        this.summarize(kind);
      }, this.intervalMs).unref();
    });
  }

  private summarize(kind: string): void {
    const recurring = this.kinds.get(kind);
    if (!recurring || recurring.repeated === 0) {
      this.kinds.delete(kind);
      return;
    }
    const { last, repeated } = recurring;
    recurring.repeated = 0;
    const seconds = Math.round(this.intervalMs / 1000);
    this.logger[last.level](
      { ...last.fields, cause: causeOf(last.error), repeated, seconds },
      `${last.message} (again ${repeated} times in ${seconds} s)`,
    );
    this.summarizeLater(kind);
  }

  private kindOf({ error, message }: Failure): string {
    const kind = Error.isError(error) ? `${error.name} ${codeOf(error)} ${firstFrameOf(error)}` : message;
    return this.kinds.has(kind) || this.kinds.size < MAXIMUM_KINDS ? kind : OTHER_KINDS;
  }
}

/** What an error says in a sentence, also where several attempts failed and their sum says nothing. */
export function causeOf(error: unknown): string {
  if (!Error.isError(error)) return String(error);
  if (error.message) return error.message;
  const { errors } = error as { errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.map(causeOf).join('; ');
  return codeOf(error) || error.name;
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? String(code) : '';
}

function firstFrameOf({ stack }: Error): string {
  return stack?.split('\n').find((line) => line.startsWith('    at ')) ?? '';
}
