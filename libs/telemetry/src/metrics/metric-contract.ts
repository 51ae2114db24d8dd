import { type MetricDeclaration, OTHER, QUERY_BUCKETS_SECONDS, REQUEST_BUCKETS_SECONDS } from './metric-declaration';

const endpoint = { boundedBy: 'the route templates of the API, such as /flows/{flowId}, and "unmatched"' };
const storageBackend = { boundedBy: 'the configured storage backends, by id, and "uncontrolled"' };
const queue = { boundedBy: 'the job queues of the server' };
const method = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', OTHER] as const;
const outcome = ['success', 'rejected', 'error'] as const;
const contentFormat = ['video', 'audio', 'data', 'image', 'multi', OTHER] as const;
const format = [...contentFormat, 'unknown'] as const;
const webhookOutcome = ['delivered', 'http-status', 'timeout', 'connection', 'target-refused'] as const;
const findingKind = ['orphan', 'dangling', 'size-mismatch'] as const;
const storeOperation = ['stat', 'read', 'write', 'delete', 'copy', 'check', OTHER] as const;

/** How an operation ended: `rejected` is the client's doing (a broken rule, nothing there), `error` is ours. */
export type Outcome = (typeof outcome)[number];

/** Content formats as labels write them: the last part of `urn:x-nmos:format:video`. */
export type FormatLabel = (typeof format)[number];

/**
 * Every metric of this server, declared once: the registry, the documentation and the tests are made from it.
 * Some names (gauges that end in `_total`, `vast`) are kept for the dashboards of the system this one replaces.
 */
export const metricContract = {
  httpRequests: {
    name: 'tams_http_requests_total',
    type: 'counter',
    help: 'HTTP responses; status_code 499 when the client left before its answer was complete.',
    unit: 'responses',
    labels: { method, endpoint, status_code: { boundedBy: 'the HTTP status codes this server answers, and 499' } },
  },
  httpRequestDuration: {
    name: 'tams_http_request_duration_seconds',
    type: 'histogram',
    help: 'Time from the head of an HTTP request to the end of its response, in seconds.',
    unit: 'seconds',
    labels: { method, endpoint },
    buckets: REQUEST_BUCKETS_SECONDS,
  },
  errors: {
    name: 'tams_errors_total',
    type: 'counter',
    help: 'HTTP responses that report a problem, by its code.',
    unit: 'responses',
    labels: { type: { boundedBy: 'the problem codes of the server, http-<status>, and "client-abort"' }, endpoint },
  },
  sources: { name: 'tams_sources_total', type: 'gauge', help: 'Sources in the store.', unit: 'sources', labels: {} },
  flows: { name: 'tams_flows_total', type: 'gauge', help: 'Flows in the store.', unit: 'flows', labels: {} },
  segments: {
    name: 'tams_segments_total',
    type: 'gauge',
    help: 'Flow Segments in the store.',
    unit: 'segments',
    labels: {},
  },
  storageBytes: {
    name: 'tams_storage_bytes_total',
    type: 'gauge',
    help: 'Size of the registered media objects, in bytes.',
    unit: 'bytes',
    labels: { storage_backend: storageBackend },
  },
  flowOperations: {
    name: 'tams_flow_operations_total',
    type: 'counter',
    help: 'Operations on Flows.',
    unit: 'operations',
    labels: {
      operation: ['create', 'update', 'delete', 'allocate', 'read', 'list', 'change', OTHER],
      format,
      status: outcome,
    },
  },
  sourceOperations: {
    name: 'tams_source_operations_total',
    type: 'counter',
    help: 'Operations on Sources.',
    unit: 'operations',
    labels: { operation: ['create', 'read', 'list', 'change', 'delete', OTHER], format, status: outcome },
  },
  segmentOperations: {
    name: 'tams_segment_operations_total',
    type: 'counter',
    help: 'Operations on Flow Segments; one registration of many Segments is one operation.',
    unit: 'operations',
    labels: { operation: ['register', 'list', 'delete', OTHER], status: outcome },
  },
  operationDuration: {
    name: 'tams_operation_duration_seconds',
    type: 'histogram',
    help: 'Time a business operation took, in seconds.',
    unit: 'seconds',
    labels: { operation: { boundedBy: 'the names given to @TraceOperation' }, status: outcome },
    buckets: REQUEST_BUCKETS_SECONDS,
  },
  queryDuration: {
    name: 'tams_vast_query_duration_seconds',
    type: 'histogram',
    help: 'Time a statement on the metadata store took, in seconds.',
    unit: 'seconds',
    labels: { query_type: ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', OTHER] },
    buckets: QUERY_BUCKETS_SECONDS,
  },
  queryErrors: {
    name: 'tams_query_errors_total',
    type: 'counter',
    help: 'Statements the metadata store refused or did not answer.',
    unit: 'statements',
    labels: { query_type: ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback', OTHER] },
  },
  databaseConnections: {
    name: 'tams_database_connections',
    type: 'gauge',
    help: 'Connections to the metadata store; waiting counts the requests that have none yet.',
    unit: 'connections',
    labels: { state: ['idle', 'busy', 'waiting'] },
  },
  s3OperationDuration: {
    name: 'tams_s3_operation_duration_seconds',
    type: 'histogram',
    help: 'Time a call to a storage backend took, in seconds.',
    unit: 'seconds',
    labels: { operation: storeOperation, storage_backend: storageBackend },
    buckets: REQUEST_BUCKETS_SECONDS,
  },
  s3Errors: {
    name: 'tams_s3_errors_total',
    type: 'counter',
    help: 'Calls to a storage backend that failed.',
    unit: 'calls',
    labels: { operation: storeOperation, storage_backend: storageBackend },
  },
  presignedUrls: {
    name: 'tams_presigned_urls_total',
    type: 'counter',
    help: 'Presigned URLs handed out.',
    unit: 'URLs',
    labels: { method: ['GET', 'PUT'], storage_backend: storageBackend },
  },
  objects: {
    name: 'tams_objects_total',
    type: 'counter',
    help: 'Media objects that reached a stage of their life; expired were never registered. Uploads to S3 are seen after registration.',
    unit: 'objects',
    labels: { stage: ['allocated', 'uploaded', 'registered', 'expired'] },
  },
  objectsUnregistered: {
    name: 'tams_objects_unregistered',
    type: 'gauge',
    help: 'Media objects that are allocated and not registered yet.',
    unit: 'objects',
    labels: {},
  },
  segmentsIngested: {
    name: 'tams_segments_ingested_total',
    type: 'counter',
    help: 'Flow Segments registered.',
    unit: 'segments',
    labels: { format: contentFormat },
  },
  mediaIngested: {
    name: 'tams_media_seconds_ingested_total',
    type: 'counter',
    help: 'Media registered, in seconds of its timeline.',
    unit: 'seconds',
    labels: { format: contentFormat },
  },
  flowsIngesting: {
    name: 'tams_flows_ingesting',
    type: 'gauge',
    help: 'Flows whose status is ingesting.',
    unit: 'flows',
    labels: {},
  },
  flowsStalled: {
    name: 'tams_flows_stalled',
    type: 'gauge',
    help: 'Flows whose status is ingesting and that had no new Segment for a minute.',
    unit: 'flows',
    labels: {},
  },
  secondsSinceLastSegment: {
    name: 'tams_flow_seconds_since_last_segment_max',
    type: 'gauge',
    help: 'Longest time an ingesting Flow has been without a new Segment, in seconds.',
    unit: 'seconds',
    labels: {},
  },
  liveEdgeLag: {
    name: 'tams_flow_live_edge_lag_seconds_max',
    type: 'gauge',
    help: 'Largest distance from now back to the end of an ingesting Flow on a wall-clock timeline, in seconds.',
    unit: 'seconds',
    labels: {},
  },
  gaugeRefreshes: {
    name: 'tams_store_refreshes_total',
    type: 'counter',
    help: 'Attempts to refresh the gauges of the store.',
    unit: 'refreshes',
    labels: { outcome: ['success', 'error'] },
  },
  gaugesRefreshed: {
    name: 'tams_gauges_refreshed_timestamp_seconds',
    type: 'gauge',
    help: 'When the gauges of the store were last true, in seconds since the epoch.',
    unit: 'seconds',
    labels: {},
  },
  reconciliationFindings: {
    name: 'tams_reconciliation_findings',
    type: 'gauge',
    help: 'Places where index and storage backend disagreed at the last reconciliation and were not put right.',
    unit: 'objects',
    labels: { storage_backend: storageBackend, kind: findingKind },
  },
  reconciliationOrphanBytes: {
    name: 'tams_reconciliation_orphan_bytes',
    type: 'gauge',
    help: 'Bytes on the storage backend that the index did not know at the last reconciliation, and that were left.',
    unit: 'bytes',
    labels: { storage_backend: storageBackend },
  },
  reconciliationFinished: {
    name: 'tams_reconciliation_finished_timestamp_seconds',
    type: 'gauge',
    help: 'When the last reconciliation of the storage backend ended, in seconds since the epoch.',
    unit: 'seconds',
    labels: { storage_backend: storageBackend },
  },
  reconciliationIncomplete: {
    name: 'tams_reconciliation_incomplete',
    type: 'gauge',
    help: '1 when the last reconciliation could not compare the storage backend, or not wholly; otherwise 0.',
    unit: 'state',
    labels: { storage_backend: storageBackend },
  },
  jobsWaiting: {
    name: 'tams_jobs_waiting',
    type: 'gauge',
    help: 'Jobs that wait to be run.',
    unit: 'jobs',
    labels: { queue },
  },
  jobsOldestWaiting: {
    name: 'tams_jobs_oldest_waiting_seconds',
    type: 'gauge',
    help: 'How long the oldest waiting job has waited, in seconds.',
    unit: 'seconds',
    labels: { queue },
  },
  jobDuration: {
    name: 'tams_job_duration_seconds',
    type: 'histogram',
    help: 'Time an attempt at a job took, in seconds; interrupted attempts go on elsewhere.',
    unit: 'seconds',
    labels: { queue, outcome: ['success', 'error', 'interrupted'] },
    buckets: [...REQUEST_BUCKETS_SECONDS, 60, 600],
  },
  webhookDeliveries: {
    name: 'tams_webhook_deliveries_total',
    type: 'counter',
    help: 'Attempts to deliver an event to a webhook, by what came of them.',
    unit: 'attempts',
    labels: { outcome: webhookOutcome },
  },
  webhookDeliveryDuration: {
    name: 'tams_webhook_delivery_duration_seconds',
    type: 'histogram',
    help: 'Time an attempt to deliver an event took, in seconds.',
    unit: 'seconds',
    labels: { outcome: webhookOutcome },
    buckets: [0.001, ...REQUEST_BUCKETS_SECONDS],
  },
  webhookDelay: {
    name: 'tams_webhook_delay_seconds',
    type: 'histogram',
    help: 'Time from an event to its arrival at a webhook, in seconds.',
    unit: 'seconds',
    labels: {},
    buckets: [...REQUEST_BUCKETS_SECONDS, 60, 600, 3600, 86_400],
  },
  webhooks: {
    name: 'tams_webhooks',
    type: 'gauge',
    help: 'Webhooks, by status.',
    unit: 'webhooks',
    labels: { status: ['created', 'started', 'disabled', 'error'] },
  },
  webhookOldestWaiting: {
    name: 'tams_webhook_oldest_waiting_seconds',
    type: 'gauge',
    help: 'Age of the oldest event that a webhook which is not disabled or in error still waits for, in seconds.',
    unit: 'seconds',
    labels: {},
  },
  memoryUsage: {
    name: 'tams_memory_usage_bytes',
    type: 'gauge',
    help: 'Resident memory of this process, in bytes.',
    unit: 'bytes',
    labels: {},
  },
  activeConnections: {
    name: 'tams_active_connections',
    type: 'gauge',
    help: 'Open connections of HTTP clients.',
    unit: 'connections',
    labels: {},
  },
  spansExported: {
    name: 'tams_telemetry_spans_total',
    type: 'counter',
    help: 'Sampled spans: exported, refused by the collector (failed), or given up because too many waited (dropped).',
    unit: 'spans',
    labels: { outcome: ['exported', 'failed', 'dropped'] },
  },
  spansWaiting: {
    name: 'tams_telemetry_spans_waiting',
    type: 'gauge',
    help: 'Sampled spans that wait for the collector.',
    unit: 'spans',
    labels: {},
  },
} as const satisfies Record<string, MetricDeclaration>;

/** Name of a metric inside the code: a key of {@link metricContract}. */
export type MetricKey = keyof typeof metricContract;
