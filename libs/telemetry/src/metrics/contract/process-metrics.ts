import { type MetricDeclaration } from '../metric-declaration';
import { gaugeSource } from './labels';

/** The process, and telemetry itself. */
export const processMetrics = {
  gaugeRefreshes: {
    name: 'tams_store_refreshes_total',
    type: 'counter',
    help: 'Attempts to refresh the gauges of the store.',
    unit: 'refreshes',
    labels: { outcome: ['success', 'error'], source: gaugeSource },
  },
  gaugesRefreshed: {
    name: 'tams_gauges_refreshed_timestamp_seconds',
    type: 'gauge',
    help: 'When the gauges of a source were last true, in seconds since the epoch; 0 when they never were.',
    unit: 'seconds',
    labels: { source: gaugeSource },
  },
  memoryUsage: {
    name: 'tams_memory_usage_bytes',
    type: 'gauge',
    help: 'Resident memory of this process, in bytes.',
    unit: 'bytes',
    labels: {},
  },
  embeddedPostgresProcessor: {
    name: 'tams_embedded_postgres_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time of the embedded PostgreSQL and its processes, in seconds; absent without one, and where there is no /proc.',
    unit: 'seconds',
    labels: {},
    optional: true,
  },
  embeddedPostgresMemory: {
    name: 'tams_embedded_postgres_memory_bytes',
    type: 'gauge',
    help: 'Memory of the embedded PostgreSQL and its processes, what they share once, in bytes; absent without one, and where there is no /proc.',
    unit: 'bytes',
    labels: {},
    optional: true,
  },
  buildInfo: {
    name: 'tams_build_info',
    type: 'gauge',
    help: '1; the labels say which version of the server runs, on which version of Node.',
    unit: 'state',
    labels: { version: { boundedBy: 'one version a process' }, node: { boundedBy: 'one version a process' } },
  },
  certificateExpiry: {
    name: 'tams_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When the TLS certificate this process serves expires, in seconds since the epoch; absent without TLS.',
    unit: 'seconds',
    labels: {},
  },
  spansExported: {
    name: 'tams_telemetry_spans_total',
    type: 'counter',
    help: 'Sampled spans: exported, refused by the collector (failed), or given up because too many waited (dropped).',
    unit: 'spans',
    labels: { outcome: ['exported', 'failed', 'dropped'] },
  },
  logRecords: {
    name: 'tams_telemetry_log_records_total',
    type: 'counter',
    help: 'Log records for the collector (OTEL_LOGS_EXPORTER=otlp): exported, refused (failed), or given up because too many waited (dropped).',
    unit: 'records',
    labels: { outcome: ['exported', 'failed', 'dropped'] },
  },
  logLinesLost: {
    name: 'tams_log_lines_lost_total',
    type: 'counter',
    help: 'Lines of the log and of the audit log that could not be written where they belong, a full disk being the usual cause.',
    unit: 'lines',
    labels: { sink: ['log', 'audit'] },
  },
  spansWaiting: {
    name: 'tams_telemetry_spans_waiting',
    type: 'gauge',
    help: 'Sampled spans that wait for the collector.',
    unit: 'spans',
    labels: {},
  },
} as const satisfies Record<string, MetricDeclaration>;
