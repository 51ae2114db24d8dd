import { type Attributes, context, type Span, trace } from '@opentelemetry/api';
import { finalize, isObservable, type Observable, tap } from 'rxjs';
import type { FormatLabel, Outcome } from '../metrics/metric-contract';
import { currentCorrelation } from '../correlation';
import { metrics } from '../metrics/metrics';
import type { Step, Work } from '../work/work';
import type { HistogramSeries } from '../metrics/series';
import { errorTypeOf, exemplarOf, failSpan, outcomeOf, startOperationSpan } from './spans';

/** One call of a traced method, as its options see it once it has ended. */
export interface OperationCall<Args extends readonly unknown[], Result> {
  readonly args: Args;
  /** What it returned or resolved to, or an Observable last emitted; absent when it failed. */
  readonly result?: Result | undefined;
  /** What it threw or rejected with. */
  readonly error?: unknown;
}

/** How a traced method is counted; every function may leave its answer open. */
export interface TraceOperationOptions<Args extends readonly unknown[], Result> {
  /** The `operation` label, where the name's last part does not say it (`flow.put` creates or updates). */
  readonly operation?: (call: OperationCall<Args, Result>) => string | undefined;
  /**
   * Content format of what it worked on, as a URN (`urn:x-nmos:format:video`) or its last part; where this is left out, what
   * was said to `noteFormat` while it ran.
   */
  readonly format?: (call: OperationCall<Args, Result>) => string | undefined;
  /** Facts for the span. Called only when the span is recorded. */
  readonly attributes?: (call: OperationCall<Args, Result>) => Attributes | undefined;
}

type Method = (this: unknown, ...args: never[]) => unknown;

/**
 * Makes a method a business operation: a span, its duration and outcome, and the operation counters of its resource
 * (`flow.*`, `source.*`, `segment.*`). Works for methods that return a value, a promise or an Observable, and for what
 * they throw; the method keeps its name, its metadata and its `this`.
 * @param name `<resource>.<operation>`, for example `flow.create`
 */
export function TraceOperation<Args extends readonly unknown[] = readonly unknown[], Result = unknown>(
  name: string,
  options: TraceOperationOptions<Args, Result> = {},
): MethodDecorator {
  const operation = new Operation(name, options as TraceOperationOptions<readonly unknown[], unknown>);
  return ((_target: object, _key: string | symbol, descriptor: TypedPropertyDescriptor<Method>) => {
    const original = descriptor.value;
    if (!original) throw new TypeError('@TraceOperation is for methods.');
    const traced = function (this: unknown, ...args: never[]): unknown {
      return operation.run(args, () => original.apply(this, args));
    };
    descriptor.value = withIdentityOf(original, traced);
  }) as MethodDecorator;
}

function withIdentityOf(original: Method, traced: Method): Method {
  Object.defineProperty(traced, 'name', { value: original.name, configurable: true });
  Object.defineProperty(traced, 'length', { value: original.length, configurable: true });
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), traced);
  }
  return traced;
}

/** Where one call of a traced method is written down. */
interface Observed {
  readonly span: Span | undefined;
  readonly work: Work | undefined;
  readonly step: Step | undefined;
}

/** One traced method. */
class Operation {
  private readonly durations = new Map<Outcome, HistogramSeries>();
  private readonly resource: string;
  private readonly operation: string;

  constructor(
    private readonly name: string,
    private readonly options: TraceOperationOptions<readonly unknown[], unknown>,
  ) {
    const [resource = '', ...rest] = name.split('.');
    this.resource = resource;
    this.operation = rest.join('.');
    metrics.operationDuration.expect({ operation: name });
  }

  run(args: readonly unknown[], call: () => unknown): unknown {
    const span = startOperationSpan(this.name);
    const work = currentCorrelation()?.work;
    const step = work?.step('operation', this.name);
    const observed: Observed = { span, work, step };
    const start = performance.now();
    let returned: unknown;
    try {
      returned = span ? context.with(trace.setSpan(context.active(), span), call) : call();
    } catch (error) {
      this.end({ args, error }, observed, start);
      throw error;
    }
    if (isThenable(returned)) return this.settle(returned, args, observed, start);
    if (isObservable(returned)) {
      return endingWith(returned, (outcome) => {
        this.end({ args, ...outcome }, observed, start);
      });
    }
    this.end({ args, result: returned }, observed, start);
    return returned;
  }

  private async settle(
    promise: PromiseLike<unknown>,
    args: readonly unknown[],
    observed: Observed,
    start: number,
  ): Promise<unknown> {
    let result: unknown;
    try {
      result = await promise;
    } catch (error) {
      this.end({ args, error }, observed, start);
      throw error;
    }
    this.end({ args, result }, observed, start);
    return result;
  }

  private end(call: OperationCall<readonly unknown[], unknown>, { span, work, step }: Observed, start: number): void {
    const outcome = 'error' in call ? outcomeOf(call.error) : 'success';
    if (step) work?.endStep(step, outcome === 'success' ? undefined : errorTypeOf(call.error));
    this.duration(outcome).observe((performance.now() - start) / 1000, exemplarOf(span));
    this.count(call, outcome);
    if (!span) return;
    if (span.isRecording()) {
      span.setAttribute('tams.outcome', outcome);
      const attributes = this.options.attributes?.(call);
      if (attributes) span.setAttributes(attributes);
      if (outcome === 'error') failSpan(span, call.error);
      else if (outcome === 'rejected') span.setAttribute('error.type', errorTypeOf(call.error));
    }
    span.end();
  }

  private duration(outcome: Outcome): HistogramSeries {
    const known = this.durations.get(outcome);
    if (known) return known;
    const series = metrics.operationDuration.series({ operation: this.name, status: outcome });
    this.durations.set(outcome, series);
    return series;
  }

  private count(call: OperationCall<readonly unknown[], unknown>, status: Outcome): void {
    const { resource } = this;
    const operation = this.options.operation?.(call) ?? this.operation;
    if (resource === 'segment') metrics.segmentOperations.series({ operation, status }).add();
    if (resource !== 'flow' && resource !== 'source') return;
    const counter = resource === 'flow' ? metrics.flowOperations : metrics.sourceOperations;
    counter
      .series({ operation, format: formatLabel(this.options.format?.(call) ?? currentCorrelation()?.format), status })
      .add();
  }
}

/** A content format as a label: the last part of its URN, `unknown` without one. */
export function formatLabel(format: string | undefined): FormatLabel {
  return ((format ?? 'unknown').split(':').at(-1) ?? 'unknown') as FormatLabel;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** The first subscription ends the operation: by completing, failing, or being given up. */
function endingWith(
  source: Observable<unknown>,
  end: (outcome: { result?: unknown; error?: unknown }) => void,
): Observable<unknown> {
  let ended = false;
  let last: unknown;
  const once = (outcome: { result?: unknown; error?: unknown }): void => {
    if (ended) return;
    ended = true;
    end(outcome);
  };
  return source.pipe(
    tap({
      next: (value) => {
        last = value;
      },
      error: (error: unknown) => {
        once({ error });
      },
    }),
    finalize(() => {
      once({ result: last });
    }),
  );
}
