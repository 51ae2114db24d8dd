import { type MetricDeclaration, REQUEST_BUCKETS_SECONDS } from '../metric-declaration';
import { findingKind, storageBackend, storeOperation } from './labels';

/** Media objects and the places they lie in. */
export const storageMetrics = {
  storageBytes: {
    name: 'tams_storage_bytes_total',
    type: 'gauge',
    help: 'Size of the registered media objects, in bytes.',
    unit: 'bytes',
    labels: { storage_backend: storageBackend },
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
  mediaBytes: {
    name: 'tams_media_bytes_total',
    type: 'counter',
    help: 'Bytes of media that passed through this server at /media: in are uploads, out are downloads.',
    unit: 'bytes',
    labels: { direction: ['in', 'out'], storage_backend: storageBackend },
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
  dataFree: {
    name: 'tams_data_directory_free_bytes',
    type: 'gauge',
    help: 'Space that is free for this process where DATA_DIR is, in bytes.',
    unit: 'bytes',
    labels: {},
  },
  dataSize: {
    name: 'tams_data_directory_size_bytes',
    type: 'gauge',
    help: 'Size of the file system DATA_DIR is on, in bytes.',
    unit: 'bytes',
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
} as const satisfies Record<string, MetricDeclaration>;
