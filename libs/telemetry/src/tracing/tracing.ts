import { setTimeout as delay } from 'node:timers/promises';
import { hostname } from 'node:os';
import { context, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NoopSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { LogExport } from '../logging/log-export';
import { logger } from '../logging/logger';
import { RateLimitedSampler } from './rate-limited-sampler';
import { AccountingExporter, BoundedProcessor, spanDelivery } from './span-delivery';
import { renewTracer } from './spans';
import { type Environment, type SamplerSetting, type TracingSettings, tracingSettingsFrom } from './tracing-settings';

/** Tracing that runs. */
export interface Tracing {
  /** Sends what waits and waits for what is on its way; gives up after a few seconds and never rejects. */
  flush(): Promise<void>;
  /** Sends what waits and stops tracing; gives up after a few seconds and never rejects. */
  stop(): Promise<void>;
}

/** What traces say about who made them. */
export interface ServiceIdentity {
  readonly name: string;
  readonly version: string;
}

/** Longest a stop waits for a collector. */
const STOP_PATIENCE_MS = 3_000;

/**
 * Starts tracing; call it before anything else is loaded. Without an endpoint spans still have identities, for the logs
 * and for the headers of outgoing calls, and none is kept.
 */
export function startTracing(environment: Environment, service: ServiceIdentity): Tracing {
  const settings = tracingSettingsFrom(environment);
  for (const warning of settings.warnings) logger.warn(warning);
  const processors = settings.endpoints.map((url) => processorFor(url, settings));
  const serviceName = environment['OTEL_SERVICE_NAME'] ?? service.name;
  const resource = resourceFromAttributes({
    'service.version': service.version,
    'host.name': hostname(),
    'deployment.environment.name': environment['TAMS_ENV'] ?? 'development',
  });
  const logs = logExportOf(settings, resource.merge(resourceFromAttributes({ 'service.name': serviceName })));
  const sdk = new NodeSDK({
    serviceName,
    resource,
    // Not the process detector: command lines carry secrets.
    resourceDetectors: [resourceAttributesEnvDetector, serviceInstanceIdDetector],
    sampler: processors.length > 0 ? samplerOf(settings.sampler) : new AlwaysOffSampler(),
    spanProcessors: processors.length > 0 ? processors : [new NoopSpanProcessor()],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  spanDelivery.reset(settings.endpoints);
  sdk.start();
  renewTracer();
  return {
    flush: () =>
      patiently(() => Promise.all([...processors.map((processor) => processor.forceFlush()), logs?.flush()])),
    stop: async () => {
      await patiently(() => Promise.all([sdk.shutdown(), logs?.stop()]));
      trace.disable();
      context.disable();
      propagation.disable();
      renewTracer();
    },
  };
}

function logExportOf(settings: TracingSettings, resource: Resource): LogExport | undefined {
  const { logsEndpoint } = settings;
  return logsEndpoint === undefined ? undefined : new LogExport({ ...settings, endpoint: logsEndpoint }, resource);
}

function processorFor(url: string, settings: TracingSettings): SpanProcessor {
  const Exporter = settings.protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const exporter = new AccountingExporter(new Exporter({ url, timeoutMillis: settings.timeoutMilliseconds }));
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: settings.maximumQueue,
    maxExportBatchSize: Math.min(settings.maximumBatch, settings.maximumQueue),
    scheduledDelayMillis: settings.delayMilliseconds,
    exportTimeoutMillis: settings.timeoutMilliseconds + 1_000,
  });
  return new BoundedProcessor(processor, exporter, settings.maximumQueue);
}

function samplerOf({ kind, argument, parentBased }: SamplerSetting): Sampler {
  const root: Sampler = {
    always: () => new AlwaysOnSampler(),
    never: () => new AlwaysOffSampler(),
    ratio: () => new TraceIdRatioBasedSampler(argument),
    rate: () => new RateLimitedSampler(argument),
  }[kind]();
  return parentBased ? new ParentBasedSampler({ root }) : root;
}

/** What cannot be delivered is counted where it fails; here it must only not keep the process or end it. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  const giveUp = new AbortController();
  const finished = work().then(
    () => undefined,
    (error: unknown) => {
      spanDelivery.lastError = Error.isError(error) ? error.message : String(error);
    },
  );
  await Promise.race([finished, delay(STOP_PATIENCE_MS, undefined, { signal: giveUp.signal }).catch(() => undefined)]);
  giveUp.abort();
}
