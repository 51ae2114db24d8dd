import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { redactText } from './logging/redaction';
import type { RequestCosts } from './request-costs';
import type { Work } from './work/work';

/** What is known about the work in progress, wherever the code is. */
export interface CorrelationContext {
  /** Identifies one request and everything it causes: logs, spans, problems, jobs, calls to others. */
  readonly correlationId: string;
  /** What answering the HTTP request took so far; absent in the background. */
  readonly costs?: RequestCosts;
  /** The piece of work that goes on, with what it waits for; absent outside requests, jobs and deliveries. */
  readonly work?: Work;
  /** Content format of what is worked on, once it is known: see {@link noteFormat}. */
  format?: string | undefined;
}

const storage = new AsyncLocalStorage<CorrelationContext>();

/** Header that carries the correlation id in and out. */
export const CORRELATION_HEADER = 'x-correlation-id';

/** A correlation id others may choose: printable, bounded, safe in logs and headers. */
export const CORRELATION_ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/;

/** Keeps a valid incoming correlation id, else makes one; what looks like a credential is none, since it is told on and on. */
export function correlationIdFrom(incoming: string | string[] | undefined): string {
  const kept = typeof incoming === 'string' && CORRELATION_ID.test(incoming) && redactText(incoming) === incoming;
  return kept ? incoming : randomUUID();
}

/** Runs `work` (and all it starts) under a correlation id. */
export function withCorrelation<Result>(context: CorrelationContext, work: () => Result): Result {
  return storage.run(context, work);
}

/** What is known about the work in progress; `undefined` outside any request or job. */
export function currentCorrelation(): CorrelationContext | undefined {
  return storage.getStore();
}

/**
 * Says which content format the work in progress is about, where only the code in its middle knows: operations that do not
 * tell their format themselves are counted under it.
 * @param format a URN, such as `urn:x-nmos:format:video`
 */
export function noteFormat(format: string | undefined): void {
  const context = storage.getStore();
  if (context) context.format = format;
}

/** The correlation id in force; a fresh one outside any request or job. */
export function currentCorrelationId(): string {
  return storage.getStore()?.correlationId ?? randomUUID();
}
