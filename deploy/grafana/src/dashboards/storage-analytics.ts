import type { Board } from '../board';
import { bars, distribution, figure, lines } from '../panels';
import {
  bucketRates,
  mean,
  observations,
  ofProcesses,
  ofStore,
  orZero,
  quantile,
  rate,
  share,
  total,
  unitOf,
} from '../queries';

const byBackend = { by: ['storage_backend'] };

/** Media objects and the places they lie in. */
export const storageAnalytics: Board = {
  uid: 'tams-storage-analytics',
  title: 'TAMS Storage Analytics',
  description: 'How much media lies where, how objects get there, and how storage backends perform.',
  rows: [
    {
      title: 'Media objects',
      panels: [
        figure({
          title: 'Stored',
          description: 'Size of the registered media objects on all storage backends.',
          unit: unitOf('storageBytes'),
          width: 6,
          limits: 'neutral',
          queries: [{ expr: `sum(${ofStore('storageBytes', byBackend)})`, legend: 'bytes' }],
        }),
        figure({
          title: 'Growth in a day, as it goes now',
          description: 'What is added in a day at the pace of the last hour. Compare it with the space that is left.',
          unit: 'bytes',
          width: 6,
          limits: 'neutral',
          queries: [
            {
              expr: 'sum(max by (storage_backend) (deriv(tams_storage_bytes_total{job=~"$job",cluster=~"$cluster",instance=~"$instance"}[1h]))) * 86400',
              legend: 'a day',
            },
          ],
        }),
        figure({
          title: 'Waiting to be registered',
          description:
            'Objects with an upload URL and without a segment yet. They expire after MIN_OBJECT_TIMEOUT_SECONDS.',
          unit: unitOf('objectsUnregistered'),
          width: 6,
          limits: { warn: 1_000, bad: 10_000 },
          queries: [{ expr: ofStore('objectsUnregistered'), legend: 'objects' }],
        }),
        figure({
          title: 'Expired unregistered',
          description:
            'Share of the allocated objects that expired unregistered, in the time range of this dashboard (alert TamsObjectsExpiringUnregistered from 10 % on).',
          unit: 'percentunit',
          width: 6,
          limits: { warn: 0.05, bad: 0.1 },
          queries: [
            {
              expr: share(
                total('objects', { where: 'stage="expired"' }),
                total('objects', { where: 'stage="allocated"' }),
              ),
              legend: 'expired',
              instant: true,
            },
          ],
        }),
        lines({
          title: 'Bytes by storage backend',
          description: 'Size of the registered media objects on each storage backend.',
          unit: unitOf('storageBytes'),
          limits: 'neutral',
          stacked: true,
          queries: [{ expr: ofStore('storageBytes', byBackend), legend: '{{storage_backend}}' }],
        }),
        lines({
          title: 'Objects on their way',
          description:
            'Objects per second that reach each stage: allocated, uploaded, registered, or expired. A gap between the first and the third is media that never arrives.',
          unit: 'ops',
          limits: 'neutral',
          queries: [{ expr: rate('objects', { by: ['stage'] }), legend: '{{stage}}' }],
        }),
        bars({
          title: 'Objects in the time range, by stage',
          description: 'The funnel from upload URL to segment, in the time range of this dashboard.',
          unit: 'short',
          limits: 'neutral',
          queries: [{ expr: total('objects', { by: ['stage'] }), legend: '{{stage}}' }],
        }),
        lines({
          title: 'Index and storage disagree',
          description:
            'Findings of the last reconciliation that were not put right. Dangling ones are advertised and not there: from one on TamsObjectsMissingInStorage fires. Orphans are bytes nobody knows.',
          unit: unitOf('reconciliationFindings'),
          limits: { warn: 1, bad: 100 },
          queries: [
            {
              expr: ofStore('reconciliationFindings', { by: ['kind', 'storage_backend'] }),
              legend: '{{kind}} {{storage_backend}}',
            },
          ],
        }),
        lines({
          title: 'Presigned URLs',
          description: 'URLs handed out per second: PUT to upload, GET to download.',
          unit: 'ops',
          limits: 'neutral',
          queries: [
            {
              expr: rate('presignedUrls', { by: ['method', 'storage_backend'] }),
              legend: '{{method}} {{storage_backend}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Storage backends',
      panels: [
        lines({
          title: 'Calls per second',
          description: 'Calls to object storage per second by operation.',
          unit: 'ops',
          limits: 'neutral',
          stacked: true,
          queries: [
            {
              expr: observations('s3OperationDuration', { by: ['operation', 'storage_backend'] }),
              legend: '{{operation}} {{storage_backend}}',
            },
          ],
        }),
        lines({
          title: 'Time of calls',
          description: 'Quantiles over all calls. From 2.5 s (p95) on TamsStorageSlow fires.',
          unit: 's',
          limits: { warn: 0.5, bad: 2.5 },
          queries: [
            { expr: quantile(0.5, 's3OperationDuration'), legend: 'p50' },
            { expr: quantile(0.95, 's3OperationDuration'), legend: 'p95' },
            { expr: quantile(0.99, 's3OperationDuration'), legend: 'p99', traces: true },
          ],
        }),
        distribution({
          title: 'Distribution of the time of calls',
          description:
            'Calls per second by how long they took. Two bands usually are two kinds of calls; a band that rises is a backend that slows down.',
          unit: 's',
          limits: 'neutral',
          queries: [{ expr: bucketRates('s3OperationDuration'), legend: '{{le}}' }],
        }),
        lines({
          title: 'Failed calls',
          description: 'Share of the calls to each storage backend that fail. From 5 % on TamsStorageFailing fires.',
          unit: 'percentunit',
          limits: { warn: 0.01, bad: 0.05 },
          queries: [
            {
              expr: `(${rate('s3Errors', byBackend)} or 0 * ${observations('s3OperationDuration', byBackend)}) / ${observations('s3OperationDuration', byBackend)}`,
              legend: '{{storage_backend}}',
            },
          ],
        }),
        bars({
          title: 'Mean time by operation',
          description: 'Mean time of each kind of call, as it is now.',
          unit: 's',
          limits: { warn: 0.25, bad: 1 },
          queries: [{ expr: mean('s3OperationDuration', { by: ['operation'] }), legend: '{{operation}}' }],
        }),
        lines({
          title: 'Media through this server',
          description:
            'Uploads and downloads per second of the embedded filesystem backend; media of S3 backends never passes here.',
          unit: 'reqps',
          limits: 'neutral',
          queries: [
            {
              expr: 'sum by (method) (rate(tams_http_requests_total{job=~"$job",cluster=~"$cluster",instance=~"$instance",endpoint=~"/media/.*"}[$__rate_interval]))',
              legend: '{{method}}',
            },
          ],
        }),
        lines({
          title: 'Bytes through this server',
          description: 'Bytes per second of media taken in and given out at /media.',
          unit: 'Bps',
          limits: 'neutral',
          queries: [{ expr: rate('mediaBytes', { by: ['direction'] }), legend: '{{direction}}' }],
        }),
        lines({
          title: 'Space under DATA_DIR',
          description: 'Free bytes where the server keeps its files. Below 5 % of the disk a page is sent.',
          unit: 'bytes',
          limits: 'neutral',
          queries: [
            { expr: ofProcesses('dataFree'), legend: '{{instance}} free' },
            { expr: ofProcesses('dataSize'), legend: '{{instance}} size' },
          ],
        }),
        lines({
          title: 'Space on the machines',
          description:
            'Free share of each disk (alert TamsDiskAlmostFull below 10 %). Matters for PostgreSQL and for the filesystem backend.',
          unit: 'percentunit',
          limits: { warnBelow: 0.2, badBelow: 0.1 },
          queries: [
            {
              expr: 'node_filesystem_avail_bytes{job="node",fstype!~"tmpfs|ramfs|squashfs|nsfs"} / node_filesystem_size_bytes',
              legend: '{{instance}} {{mountpoint}}',
            },
          ],
        }),
        lines({
          title: 'Errors of calls',
          description: 'Failed calls to object storage per second by operation.',
          unit: 'ops',
          limits: { warn: 0.01, bad: 1 },
          queries: [{ expr: orZero(rate('s3Errors', { by: ['operation'] })), legend: '{{operation}}' }],
        }),
      ],
    },
  ],
};
