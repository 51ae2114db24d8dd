import { type Attributes, type Context, ROOT_CONTEXT, SeverityNumber, trace, TraceFlags } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import type { Resource } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter,
  type ReadableLogRecord,
} from '@opentelemetry/sdk-logs';
import { metrics } from '../metrics/metrics';
import { copyLines, loggerFor } from './logger';
import { causeOf, RecurringFailures } from './recurring-failures';

/** Where log records go and how many may wait. */
export interface LogExportSettings {
  /** OTLP over HTTP, path included. */
  readonly endpoint: string;
  /** Most records that wait for the collector. */
  readonly maximumQueue: number;
  readonly maximumBatch: number;
  readonly delayMilliseconds: number;
  readonly timeoutMilliseconds: number;
}

const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/**
 * Sends what standard output shows as OpenTelemetry log records too: each line once its secrets are out and its length is
 * bounded. What waits is bounded and counted, as with spans; a collector that is gone costs records and never a request.
 */
export class LogExport {
  private readonly exporter: CountingExporter;
  private readonly provider: LoggerProvider;
  private readonly stopCopying: () => void;

  constructor(
    private readonly settings: LogExportSettings,
    resource: Resource,
  ) {
    const { endpoint: url, timeoutMilliseconds } = settings;
    this.exporter = new CountingExporter(new OTLPLogExporter({ url, timeoutMillis: timeoutMilliseconds }));
    const processor = new BatchLogRecordProcessor({
      exporter: this.exporter,
      maxQueueSize: settings.maximumQueue,
      maxExportBatchSize: Math.min(settings.maximumBatch, settings.maximumQueue),
      scheduledDelayMillis: settings.delayMilliseconds,
      exportTimeoutMillis: timeoutMilliseconds + 1_000,
    });
    this.provider = new LoggerProvider({ resource, processors: [processor] });
    const logger = this.provider.getLogger('tams');
    this.stopCopying = copyLines((line) => {
      if (this.exporter.waiting >= this.settings.maximumQueue) {
        metrics.logRecords.series({ outcome: 'dropped' }).add();
        return;
      }
      this.exporter.waiting += 1;
      const { context, ...record } = recordOf(line);
      logger.emit({ ...record, context });
    });
  }

  flush(): Promise<void> {
    return this.provider.forceFlush();
  }

  /** Sends what waits; lines from now on stay on standard output alone. */
  async stop(): Promise<void> {
    this.stopCopying();
    await this.provider.shutdown();
  }
}

interface LogRecord {
  readonly timestamp: Date;
  readonly severityNumber: SeverityNumber;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly context: Context;
}

/** A line, which is one JSON object, as a record: its trace is its context, its text the body, the rest attributes. */
function recordOf(line: string): LogRecord {
  const { level, time, msg, trace_id, span_id, ...rest } = fieldsOf(line);
  const name = String(level);
  return {
    timestamp: typeof time === 'string' ? new Date(time) : new Date(),
    severityNumber: severities[name] ?? SeverityNumber.INFO,
    severityText: name.toUpperCase(),
    body: typeof msg === 'string' ? msg : '',
    attributes: flat(rest),
    context: contextOf(trace_id, span_id),
  };
}

/** The fields of a line. One that cannot be read is a text: what exports lines must not end what wrote them. */
function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { level: 'error', msg: line.trimEnd() };
  }
}

function contextOf(traceId: unknown, spanId: unknown): Context {
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.NONE });
}

/** Attributes are plain values: what is nested stays JSON, and an error has the names the conventions give it. */
function flat(fields: Readonly<Record<string, unknown>>): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'err' && value !== null && typeof value === 'object') {
      const { type, message, stack } = value as Readonly<Record<string, unknown>>;
      if (typeof type === 'string') attributes['exception.type'] = type;
      if (typeof message === 'string') attributes['exception.message'] = message;
      if (typeof stack === 'string') attributes['exception.stacktrace'] = stack;
    } else if (['string', 'number', 'boolean'].includes(typeof value)) attributes[name] = value;
    else if (value !== null && value !== undefined) attributes[name] = JSON.stringify(value);
  }
  return attributes;
}

/** Keeps count of what arrives. */
class CountingExporter implements LogRecordExporter {
  private readonly failures = new RecurringFailures(loggerFor('Telemetry'));
  /** Records given to the processor and not settled yet. */
  waiting = 0;

  constructor(private readonly exporter: LogRecordExporter) {}

  export(records: ReadableLogRecord[], done: (result: ExportResult) => void): void {
    this.exporter.export(records, (result) => {
      this.waiting -= records.length;
      const outcome = result.code === ExportResultCode.SUCCESS ? 'exported' : 'failed';
      metrics.logRecords.series({ outcome }).add(records.length);
      if (result.code !== ExportResultCode.SUCCESS) this.failed(result.error);
      done(result);
    });
  }

  /** The warning becomes a record too, and may fail again: it comes once a minute at most. */
  private failed(error: unknown): void {
    const message = `The collector did not take log records: ${causeOf(error ?? 'it gave no reason')}`;
    this.failures.tell({ level: 'warn', error, message });
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush();
  }
}
