export * from './correlation';
export { type AwsCall, observeAwsCall } from './tracing/aws-telemetry';
export type { Exemplar, HistogramSeries, NumberSeries } from './metrics/series';
export { clientAddressOf } from './http/client-address';
export { type HttpTelemetry, installHttpTelemetry } from './http/http-telemetry';
export { CLIENT_ABORT_STATUS } from './http/http-exchange';
export { endpointOf, UNMATCHED } from './http/route-figures';
export {
  changeLogLevelOnSignal,
  copyLines,
  configureLogging,
  cycleLogLevel,
  logger,
  loggerFor,
  type LoggingOptions,
  logLevel,
  logLevels,
  setLogLevel,
} from './logging/logger';
export { isProbe } from './logging/request-log';
export { causeOf, type Failure, RecurringFailures } from './logging/recurring-failures';
export { failureText } from './work/failure-text';
export { type Step, Work, type WorkDetails, type WorkEnd, type WorkKind } from './work/work';
export { observeWork, worksInProgress } from './work/work-observer';
export { logStatus } from './logging/log-destination';
export { SideChannel, type SideChannelStatus } from './side-channel';
export { isSecretName, REDACTED, redactText, redactValue } from './logging/redaction';
export { type FormatLabel, metricContract, type MetricKey, type Outcome } from './metrics/metric-contract';
export {
  type LabelValues,
  type MetricDeclaration,
  SERVICE_LEVEL_THRESHOLDS_SECONDS,
} from './metrics/metric-declaration';
export { metrics, registry } from './metrics/metrics';
export { type HealthCheck, HealthChecks, type HealthFacts } from './health/health-checks';
export { observePool, type PoolFigures } from './metrics/database-pool';
export { GaugeRefresher, type GaugeSource } from './metrics/gauge-refresher';
export { useTelemetryLogger } from './logging/nest-logger';
export { TelemetryModule } from './telemetry.module';
export { expectJobs, type JobAttempt, observeEnqueue, observeJob } from './tracing/job-telemetry';
export { type DatabaseServer, observeQuery } from './tracing/query-telemetry';
export { summarize } from './tracing/statement-text';
export { spanDeliveryStatus, type SpanDeliveryStatus } from './tracing/span-delivery';
export {
  continueInCall,
  type ContinuedCall,
  continueTrace,
  currentExemplar,
  currentSpanContext,
  traceCarrier,
  type TraceCarrier,
  traceContext,
  withSpan,
} from './tracing/spans';
export { expectStorageBackend, observeStorage, type StorageOperation, StorageUse } from './tracing/storage-telemetry';
export { formatLabel, type OperationCall, TraceOperation, type TraceOperationOptions } from './tracing/trace-operation';
export { type ServiceIdentity, startTracing, type Tracing } from './tracing/tracing';
export { type TracingSettings, tracingSettingsFrom } from './tracing/tracing-settings';
