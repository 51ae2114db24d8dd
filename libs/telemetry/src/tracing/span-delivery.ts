import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { BatchSpanProcessor, ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { isSecretName, REDACTED, redactValue } from '../logging/redaction';
import { loggerFor } from '../logging/logger';
import { causeOf, RecurringFailures } from '../logging/recurring-failures';
import { metrics } from '../metrics/metrics';

/** How the delivery of spans is going, for `/health`. */
export interface SpanDeliveryStatus {
  /** Collectors spans are sent to; none when tracing is not configured. */
  readonly endpoints: readonly string[];
  /** Spans that wait, over all collectors. */
  readonly waiting: number;
  /** When a batch last arrived; `undefined` before the first. */
  readonly lastSuccess: Date | undefined;
  /** Why the last batch did not arrive; `undefined` when it did. */
  readonly lastError: string | undefined;
}

/** What is known about the collectors of this process. */
class SpanDelivery {
  private readonly logger = loggerFor('Telemetry');
  private readonly failures = new RecurringFailures(this.logger);
  endpoints: readonly string[] = [];
  waiting = 0;
  lastSuccess: Date | undefined;
  lastError: string | undefined;

  accepted(): void {
    this.change(1);
  }

  settled(spans: number, error: Error | undefined): void {
    this.change(-spans);
    metrics.spansExported.series({ outcome: error ? 'failed' : 'exported' }).add(spans);
    if (error) this.failed(error, spans);
    else this.worked();
  }

  dropped(): void {
    metrics.spansExported.series({ outcome: 'dropped' }).add();
    this.failures.tell({
      level: 'warn',
      error: undefined,
      message: 'Spans are given up: too many wait for the collector',
    });
  }

  reset(endpoints: readonly string[]): void {
    this.endpoints = endpoints;
    this.lastSuccess = undefined;
    this.lastError = undefined;
    this.change(-this.waiting);
  }

  private failed(error: Error, spans: number): void {
    this.lastError = causeOf(error);
    this.failures.tell({
      level: 'warn',
      error,
      message: `The collector did not take spans: ${this.lastError}`,
      fields: { endpoints: this.endpoints, spans },
    });
  }

  private worked(): void {
    if (this.lastError !== undefined) this.logger.info('The collector takes spans again');
    this.lastError = undefined;
    this.lastSuccess = new Date();
  }

  private change(spans: number): void {
    this.waiting = Math.max(0, this.waiting + spans);
    metrics.spansWaiting.series({}).set(this.waiting);
  }
}

/** The delivery of this process. */
export const spanDelivery = new SpanDelivery();

/** How the delivery of spans is going. */
export function spanDeliveryStatus(): SpanDeliveryStatus {
  const { endpoints, waiting, lastSuccess, lastError } = spanDelivery;
  return { endpoints, waiting, lastSuccess, lastError };
}

/** Takes secrets out of what is exported and keeps count of what arrives. */
export class AccountingExporter implements SpanExporter {
  /** Spans given to this exporter's processor and not settled yet. */
  waiting = 0;

  constructor(private readonly exporter: SpanExporter) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    let settled = false;
    const settle = (result: ExportResult): void => {
      if (settled) return;
      settled = true;
      this.waiting -= spans.length;
      spanDelivery.settled(
        spans.length,
        result.code === ExportResultCode.SUCCESS
          ? undefined
          : (result.error ?? new Error('The collector refused the spans.')),
      );
      done(result);
    };
    try {
      spans.forEach(removeSecrets);
      this.exporter.export(spans, settle);
    } catch (error) {
      settle({ code: ExportResultCode.FAILED, error: error as Error });
    }
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }
}

/** Bounds what waits for a collector that is slow or gone, and counts what is given up. */
export class BoundedProcessor implements SpanProcessor {
  private stopped = false;

  constructor(
    private readonly processor: BatchSpanProcessor,
    private readonly exporter: AccountingExporter,
    private readonly maximumWaiting: number,
  ) {}

  onStart(): void {
    // A span is of interest when it has ended.
  }

  onEnd(span: ReadableSpan): void {
    // After the stop nothing is sent any more.
    if (this.stopped || this.exporter.waiting >= this.maximumWaiting) {
      spanDelivery.dropped();
      return;
    }
    this.exporter.waiting += 1;
    spanDelivery.accepted();
    this.processor.onEnd(span);
  }

  /** Settles when nothing waits: the processor forgets a batch that is on its way, its exporter does not. */
  async forceFlush(): Promise<void> {
    await this.processor.forceFlush();
    await this.exporter.forceFlush();
  }

  shutdown(): Promise<void> {
    this.stopped = true;
    return this.processor.shutdown();
  }
}

/** Spans have ended and belong to their exporter, so their attributes are changed in place. */
function removeSecrets(span: ReadableSpan): void {
  clean(span.attributes);
  for (const event of span.events) if (event.attributes) clean(event.attributes);
  if (span.status.message !== undefined) span.status.message = redactValue(span.status.message) as string;
}

function clean(attributes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(attributes)) {
    attributes[name] = isSecretName(name) ? REDACTED : redactValue(value);
  }
}
