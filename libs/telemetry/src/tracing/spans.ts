import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { CORRELATION_HEADER, correlationIdFrom, currentCorrelation, withCorrelation } from '../correlation';
import type { Outcome } from '../metrics/metric-contract';
import type { Exemplar } from '../metrics/series';
import { failureText } from '../work/failure-text';
import { Work } from '../work/work';

const TRACER_NAME = 'tams';

let current: Tracer = trace.getTracer(TRACER_NAME);
/** Headers the configured propagators read; before tracing is started, those of W3C. */
let propagated: readonly string[] = ['traceparent'];

/** The tracer of this server; a stand-in that does nothing until tracing is started. */
export function tracer(): Tracer {
  return current;
}

/** Takes the tracer of the tracing that was started last. */
export function renewTracer(): void {
  current = trace.getTracer(TRACER_NAME);
  const fields = propagation.fields().map((field) => field.toLowerCase());
  propagated = fields.length > 0 ? fields : ['traceparent'];
}

const INVALID_TRACE = '0'.repeat(32);

/** Identity of the span in force, also when it is not sampled; `undefined` outside any. */
export function currentSpanContext(): SpanContext | undefined {
  const span = trace.getActiveSpan();
  return span && identityOf(span);
}

/** Identity of a span; `undefined` for a stand-in, as there is before tracing is started. */
export function identityOf(span: Span): SpanContext | undefined {
  const identity = span.spanContext();
  return identity.traceId === INVALID_TRACE ? undefined : identity;
}

/** What links an observation to a trace: only a sampled trace can be looked up. */
export function exemplarOf(span: Span | undefined): Exemplar | undefined {
  return span?.isRecording() ? span.spanContext() : undefined;
}

/** A span below the one in force; `undefined` where none is recorded, so that nothing is made for nothing. */
export function startChildSpan(name: string, kind: SpanKind, attributes?: Attributes): Span | undefined {
  if (!trace.getActiveSpan()?.isRecording()) return undefined;
  return current.startSpan(name, attributes ? { kind, attributes } : { kind });
}

/** A span for an operation: below the one in force if that is recorded, or the first of a trace where there is none. */
export function startOperationSpan(name: string): Span | undefined {
  const parent = trace.getActiveSpan();
  return parent && !parent.isRecording() ? undefined : current.startSpan(name);
}

/** Records on a span what was thrown, and that it failed. */
export function failSpan(span: Span, thrown: unknown): void {
  const error = Error.isError(thrown) ? thrown : new Error(String(thrown));
  span.recordException(error);
  span.setAttribute('error.type', errorTypeOf(thrown));
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}

/** Stable name of an error: its code, else its class. */
export function errorTypeOf(thrown: unknown): string {
  const { code, name } = (thrown ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  return typeof name === 'string' ? name : typeof thrown;
}

/**
 * Runs `work` in a span of its own below the one in force; it fails with what `work` throws or rejects.
 * @param attributes facts an operator filters by; no secrets, no bodies
 */
export async function withSpan<Result>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Result | Promise<Result>,
): Promise<Result> {
  return inSpan(current.startSpan(name, { attributes }), work);
}

/** Runs `work` in a span that was started already, and ends it; it fails with what `work` throws or rejects. */
export async function inSpan<Result>(
  span: Span,
  work: (span: Span) => Result | Promise<Result>,
  within: Context = context.active(),
): Promise<Result> {
  try {
    return await context.with(trace.setSpan(within, span), () => work(span));
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Whose work a request or a job goes on with, as its headers or carrier say; the root where they say nothing. */
export function contextFrom(carrier: Readonly<Record<string, unknown>>): Context {
  for (const field of propagated) {
    if (carrier[field] !== undefined) return propagation.extract(ROOT_CONTEXT, carrier);
  }
  return ROOT_CONTEXT;
}

/** What a job, a message or a call to another service carries to stay in the same story. */
export type TraceCarrier = Record<string, string>;

/**
 * What the configured propagators write of the trace in force: `traceparent`, with `tracestate` and `baggage` where a caller sent
 * them. The propagators bound it to a few KB.
 */
export function traceContext(): TraceCarrier {
  const carrier: TraceCarrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** {@link traceContext} and `X-Correlation-ID`, for an outgoing call; the same object identifies the cause of a job. */
export function traceCarrier(): TraceCarrier {
  const carrier = traceContext();
  const correlation = currentCorrelation();
  if (correlation) carrier[CORRELATION_HEADER] = correlation.correlationId;
  return carrier;
}

/**
 * Runs a job under the correlation id of the request that caused it, in a trace of its own that links back to that
 * request's.
 * @param carrier what {@link traceCarrier} gave when the job was made
 */
export async function continueTrace<Result>(
  carrier: TraceCarrier | undefined,
  name: string,
  attributes: Attributes,
  work: (span: Span) => Result | Promise<Result>,
): Promise<Result> {
  const origin = contextFrom(carrier ?? {});
  const cause = trace.getSpanContext(origin);
  const links: Link[] = cause ? [{ context: cause }] : [];
  const correlationId = correlationIdFrom(carrier?.[CORRELATION_HEADER]);
  const span = current.startSpan(
    name,
    { kind: SpanKind.CONSUMER, links, attributes: { ...attributes, 'tams.correlation_id': correlationId } },
    ROOT_CONTEXT,
  );
  const job = workInBackground('job', { correlationId, span, facts: attributes });
  return withCorrelation({ correlationId, work: job.work }, () =>
    job.until(name, inSpan(span, work, withBaggageOf(origin))),
  );
}

/** What is told of work that no client waits for. */
interface BackgroundWork {
  readonly correlationId: string;
  readonly span: Span;
  readonly facts: Attributes;
}

/** Observes a job or a call to another service: when it ends, and with what. */
function workInBackground(kind: 'job' | 'delivery', { correlationId, span, facts }: BackgroundWork) {
  let failure: string | undefined;
  const work = new Work(kind, {
    describeWork: () => ({ correlationId, traceId: exemplarOf(span)?.traceId, facts: textsOf(facts), failure }),
  });
  const end = (name: string, outcome: Outcome): void => {
    work.end(name, { outcome, milliseconds: performance.now() - work.start });
  };
  const until = async <Result>(
    name: string,
    result: Promise<Result>,
    failureOf?: (result: Result) => string | undefined,
  ) => {
    try {
      failure = failureOf?.(await result);
      end(name, failure === undefined ? 'success' : 'error');
    } catch (error) {
      failure = failureText(error);
      end(name, outcomeOf(error));
    }
    return result;
  };
  return { work, until };
}

/** Facts of a span as people read them. */
function textsOf(facts: Attributes): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
  );
}

/** A call to another service that goes on with somebody's work, such as the delivery of an event. */
export interface ContinuedCall<Result> {
  /** What {@link traceCarrier} gave when the work was made. */
  readonly carrier: TraceCarrier;
  /** Of few values; for HTTP, the method. */
  readonly name: string;
  readonly attributes: Attributes;
  /** Makes the call; {@link traceCarrier} gives the headers with which the other service goes on with this very call. */
  readonly work: (span: Span) => Promise<Result>;
  /** Why an answer is none that was wanted; `undefined` when it is. */
  readonly failureOf?: (result: Result) => string | undefined;
}

/** Makes a call in a CLIENT span below the span that caused it, in the same trace and under its correlation id. */
export function continueInCall<Result>(call: ContinuedCall<Result>): Promise<Result> {
  const { carrier, name, attributes, work, failureOf } = call;
  const origin = contextFrom(carrier);
  const correlationId = correlationIdFrom(carrier[CORRELATION_HEADER]);
  const facts = { ...attributes, 'tams.correlation_id': correlationId };
  const span = current.startSpan(name, { kind: SpanKind.CLIENT, attributes: facts }, origin);
  const delivery = workInBackground('delivery', { correlationId, span, facts: attributes });
  return withCorrelation({ correlationId, work: delivery.work }, () =>
    delivery.until(name, inSpan(span, work, origin), failureOf),
  );
}

/** The trace of what runs now, for an observation inside a span; `undefined` where none is recorded. */
export function currentExemplar(): Exemplar | undefined {
  return exemplarOf(trace.getActiveSpan());
}

/** The context in force with the baggage of another: what a caller sends along stays with what it caused. */
function withBaggageOf(origin: Context): Context {
  const baggage = propagation.getBaggage(origin);
  return baggage ? propagation.setBaggage(context.active(), baggage) : context.active();
}

/** Whose doing a failure is, as the error itself says: domain errors by severity, HTTP exceptions by status. */
export function outcomeOf(error: unknown): Outcome {
  const { severity, getStatus } = (error ?? {}) as { severity?: unknown; getStatus?: unknown };
  if (severity === 'info' || severity === 'warn') return 'rejected';
  const status = typeof getStatus === 'function' ? (getStatus.call(error) as unknown) : undefined;
  return typeof status === 'number' && status < 500 ? 'rejected' : 'error';
}
