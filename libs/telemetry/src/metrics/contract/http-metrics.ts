import { type MetricDeclaration, REQUEST_BUCKETS_SECONDS } from '../metric-declaration';
import { endpoint, method, outcome } from './labels';

/** What clients ask, and what they are answered. */
export const httpMetrics = {
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
    help: 'Time from the head of an HTTP request to the end of its response, in seconds; rejected are 4xx and clients that left, error is 5xx.',
    unit: 'seconds',
    labels: { method, endpoint, outcome },
    buckets: REQUEST_BUCKETS_SECONDS,
  },
  httpRequestsInFlight: {
    name: 'tams_http_requests_in_flight',
    type: 'gauge',
    help: 'HTTP requests that are being answered now.',
    unit: 'requests',
    labels: { endpoint },
  },
  httpOldestRequest: {
    name: 'tams_http_oldest_request_seconds',
    type: 'gauge',
    help: 'How long the oldest HTTP request that is being answered now has taken so far, in seconds; 0 when there is none.',
    unit: 'seconds',
    labels: { endpoint },
  },
  httpConnections: {
    name: 'tams_http_connections',
    type: 'gauge',
    help: 'Open connections of HTTP clients.',
    unit: 'connections',
    labels: {},
  },
  errors: {
    name: 'tams_errors_total',
    type: 'counter',
    help: 'HTTP responses that report a problem, by its code.',
    unit: 'responses',
    labels: { type: { boundedBy: 'the problem codes of the server, http-<status>, and "client-abort"' }, endpoint },
  },
} as const satisfies Record<string, MetricDeclaration>;
