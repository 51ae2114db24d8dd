import { Operation } from '@tams/platform';
import { changes, logLevelBody } from './changes/changes.schema';
import { correlated, entries } from './journal/journal.schema';
import { runningNow } from './now/now.schema';
import { overview } from './overview/overview.schema';
import { routesAnswer, seriesAnswer } from './series/series.schema';

const TAG = 'Insight';
const EXTENSION = 'Administrators only. An extension of this server: not part of the TAMS specification.';

const correlationId = '7d0b1f0e-1f52-4b0e-8f55-3f1f3f0d2a11';
const failedRequest = {
  kind: 'request',
  name: '/flows/{flowId}',
  correlation_id: correlationId,
  started: '2026-01-05T03:02:11.000Z',
  duration_ms: 30_004.2,
  outcome: 'error',
  status: 503,
  problem: 'dependency-unavailable',
  failure:
    'The metadata store cannot answer just now; try again shortly.: canceling statement due to statement timeout',
  facts: { method: 'PUT', route: '/flows/{flowId}', flow_id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34' },
  steps: [
    {
      kind: 'statement',
      name: 'SELECT flows',
      start_ms: 2.1,
      duration_ms: 30_001.7,
      failure: '57014',
      session: 4711,
      waits_for: 'session 4702 (psql, idle in transaction for 31 s): LOCK TABLE flows',
    },
  ],
};
const replica = {
  name: 'store-1:7',
  version: '0.1.0',
  started: '2026-01-05T01:00:00.000Z',
  seen: '2026-01-05T03:02:10.000Z',
  this_one: true,
  state: 'running',
  status: 'ok',
  summary: 'All 15 parts work.',
};
const overviewExample = {
  at: '2026-01-05T03:02:11.000Z',
  status: 'ok',
  summary: 'All 15 parts work.',
  version: '0.1.0',
  uptime_seconds: 7331,
  checks: [{ name: 'database', status: 'up', latency_ms: 0.8, facts: {}, last_hour: ['up', 'up'] }],
  figures: { requests_2xx: 210.4, request_p95: 0.0047 },
  replicas: [replica],
  links: { grafana: 'http://localhost:3000' },
};

/** What the API document says of the operations of insight. */
export const insightOperations = {
  overview: Operation({
    id: 'GET_insight',
    access: [],
    tag: TAG,
    summary: 'How the server is, at a glance',
    description: `One sentence, every part with its last hour, the newest figures, and the other replicas. ${EXTENSION}`,
    success: { schema: overview, example: overviewExample },
  }),
  series: Operation({
    id: 'GET_insight-series',
    access: [],
    tag: TAG,
    summary: 'Figures of the last hour, or day',
    description: `Read from the same counters as /metrics. ${EXTENSION}`,
    success: {
      schema: seriesAnswer,
      example: {
        at: '2026-01-05T03:02:11.000Z',
        step_seconds: 5,
        series: [
          {
            name: 'requests_2xx',
            unit: 'requests/s',
            help: 'Requests answered 2xx, without probes.',
            points: [208, 210.4],
          },
        ],
      },
    },
    errors: { 400: 'A query parameter is not valid; `errors` says which.' },
  }),
  routes: Operation({
    id: 'GET_insight-routes',
    access: [],
    tag: TAG,
    summary: 'Routes of the last hour: what fails, and what is slow',
    description: `Those that failed most first, then the slowest. ${EXTENSION}`,
    success: {
      schema: routesAnswer,
      example: {
        items: [
          {
            method: 'PUT',
            route: '/flows/{flowId}',
            requests: 120,
            rejected: 0,
            errors: 3,
            p50: 0.0031,
            p95: 0.012,
            p99: 0.04,
          },
        ],
      },
    },
  }),
  errors: Operation({
    id: 'GET_insight-errors',
    access: [],
    tag: TAG,
    summary: 'What failed last',
    description: `The last 200 requests, jobs and deliveries that failed, or the last 100 that were refused, newest first, each with what it waited for. ${EXTENSION}`,
    success: { schema: entries, example: { items: [failedRequest] } },
    errors: { 400: 'A query parameter is not valid; `errors` says which.' },
  }),
  traces: Operation({
    id: 'GET_insight-traces',
    access: [],
    tag: TAG,
    summary: 'What was slow within the last hour',
    description: `The two slowest of each route and queue, slowest first, each with what it waited for. ${EXTENSION}`,
    success: { schema: entries, example: { items: [{ ...failedRequest, outcome: 'success', status: 204 }] } },
  }),
  correlation: Operation({
    id: 'GET_insight-correlations-correlationId',
    access: [],
    tag: TAG,
    summary: 'Everything that is known under a correlation id',
    description: `Requests, jobs and deliveries that are remembered or go on, and lines of the log that are still in memory. What was neither slow nor failed is not remembered, so that both lists may be empty. ${EXTENSION}`,
    success: {
      schema: correlated,
      example: {
        correlation_id: correlationId,
        work: [failedRequest],
        lines: [{ level: 'error', time: '2026-01-05T03:02:41.004Z', correlation_id: correlationId, msg: 'request' }],
      },
    },
    errors: { 400: 'No correlation id; `errors` says why.' },
  }),
  now: Operation({
    id: 'GET_insight-now',
    access: [],
    tag: TAG,
    summary: 'What goes on just now',
    description: `Requests, jobs and deliveries of this process, and sessions of the metadata store, that have gone on for a second; who keeps whom waiting; jobs of all replicas, with how far they are. Asked on a connection of its own. ${EXTENSION}`,
    success: {
      schema: runningNow,
      example: {
        work: [],
        sessions: [
          {
            pid: 4702,
            session_started: '2026-01-05T03:01:59.000Z',
            application: 'psql',
            state: 'idle in transaction',
            seconds: 31.2,
            query: 'LOCK TABLE flows',
            blocked_by: [],
          },
        ],
        jobs: [
          {
            id: '0b6e0b51-6a5f-4a38-9a4e-0d5f3c1e7c11',
            kind: 'flow-deletion',
            state: 'running',
            attempt: 1,
            since: '2026-01-05T03:01:12.000Z',
            seconds: 78.2,
            correlation_id: correlationId,
            progress: {
              about: 'Flow d14c70ad-6c59-4092-b51f-b75f6edf04e3',
              unit: 'segments',
              done: 1_020_000,
              total: 2_400_000,
              per_second: 13_043.5,
            },
            when_stopped: 'What is deleted is gone; the Flow keeps the rest, and can be written again.',
          },
        ],
      },
    },
  }),
  stopSession: Operation({
    id: 'POST_insight-sessions-pid-stop',
    access: [],
    tag: TAG,
    summary: 'Stop a statement, or a session of the metadata store',
    description: `Cancels its statement, or with \`end_session\` ends it. ${EXTENSION}`,
    success: { status: 204, description: 'PostgreSQL was told.' },
    errors: {
      400: 'Not a valid request; `errors` says why.',
      403: 'PostgreSQL does not let this server stop it.',
      404: 'There is no such session any more.',
    },
    body: {
      examples: {
        cancel: { summary: 'Cancel its statement', value: { session_started: '2026-01-05T03:01:59.000Z' } },
        end: {
          summary: 'End the session',
          value: { session_started: '2026-01-05T03:01:59.000Z', end_session: true },
        },
      },
    },
  }),
  stopJob: Operation({
    id: 'POST_insight-jobs-jobId-stop',
    access: [],
    tag: TAG,
    summary: 'Stop a job',
    description: `On whatever replica it runs: it ends after the batch it is at, within two seconds or as soon as that is done, and what it leaves is what \`when_stopped\` says. One that waits is stopped by the next worker that is free. ${EXTENSION}`,
    success: { status: 204, description: 'The job was told.' },
    errors: {
      403: 'A job of this kind cannot be stopped.',
      404: 'There is no such job that goes on or waits.',
    },
  }),
  changes: Operation({
    id: 'GET_insight-changes',
    access: [],
    tag: TAG,
    summary: 'What changed: starts, versions, settings, migrations',
    description: `Settings that differ from their defaults, without secrets, and every start of the last 30 days. ${EXTENSION}`,
    success: {
      schema: changes,
      example: {
        version: '0.1.0',
        node: 'v24.21.0',
        log_level: 'info',
        log_level_configured: 'info',
        settings: [{ name: 'DATABASE_POOL_SIZE', value: '40' }],
        unknown_settings: [],
        starts: [replica],
        migrations: ['InitialSchema1763800000000'],
      },
    },
  }),
  setLogLevel: Operation({
    id: 'PUT_insight-log-level',
    access: [],
    tag: TAG,
    summary: 'Change the level of the log',
    description: `Of the process that answers, until it is changed again or starts anew. ${EXTENSION}`,
    success: { schema: logLevelBody, example: { level: 'debug' } },
    errors: { 400: 'There is no such level.' },
    body: { examples: { debug: { summary: 'Tell more', value: { level: 'debug' } } } },
  }),
  diagnosis: Operation({
    id: 'GET_insight-diagnosis',
    access: [],
    tag: TAG,
    summary: 'All of it as one archive, to attach to a report',
    description: `A tar archive of JSON files, the metrics and the last lines of the log, compressed by gzip; without secrets. ${EXTENSION}`,
    success: {
      description: 'The archive.',
      mediaType: 'application/gzip',
      example: '(the bytes of the archive)',
      headers: { 'Cache-Control': 'Always `no-store`.' },
    },
  }),
  stream: Operation({
    id: 'GET_insight-stream',
    access: [],
    tag: TAG,
    summary: 'Be told how the server is, every five seconds',
    description: `A stream of server-sent events: \`overview\` has what GET /insight answers. ${EXTENSION}`,
    success: {
      description: 'A stream that does not end by itself.',
      mediaType: 'text/event-stream',
      example: `event: overview\ndata: ${JSON.stringify({ at: overviewExample.at, status: 'ok' })}\n\n`,
      headers: { 'Cache-Control': 'Always `no-store`.' },
    },
    errors: {
      400: 'A query parameter is not valid; `errors` says which.',
      503: 'Too many watch this process already.',
    },
  }),
};
