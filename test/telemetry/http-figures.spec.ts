import { connect } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { metrics, startTracing, type Tracing } from '@tams/telemetry';
import { eventually } from '../support/eventually';
import { held, startErrorApp } from './error-app';
import { LogLines } from './log-lines';
import { changes, parseSamples, type Sample, samples, valueOf } from './scrape';

let log: LogLines;
let app: NestFastifyApplication;
let url: string;
let tracing: Tracing;

beforeEach(async () => {
  // Without a collector, as most servers start: requests have identities all the same.
  tracing = startTracing({}, { name: 'tams-test', version: '1' });
  log = new LogLines();
  ({ app, url } = await startErrorApp({ level: 'info', format: 'json', destination: log }));
  log.clear();
});
afterEach(async () => {
  await app.close();
  await tracing.stop();
});

const id = '6e2b1c0e-6b3c-4d6a-9f6a-111111111111';
const json = { 'content-type': 'application/json' };

/** What was counted since, as `method endpoint status: how often` and `problem endpoint: how often`. */
async function countedSince(before: readonly Sample[]): Promise<{ requests: string[]; errors: string[] }> {
  const after = await samples();
  const lines = (name: string) =>
    changes(before, after, name)
      .map(({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`)
      .sort();
  return { requests: lines('tams_http_requests_total'), errors: lines('tams_errors_total') };
}

/** Sends bytes as they are and waits for the connection to end; each further text goes out after an answer came. */
function raw(...texts: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sendNext = () => {
      const text = texts.shift();
      if (text !== undefined) socket.write(text);
    };
    const socket = connect(Number(port), hostname, sendNext);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      sendNext();
    });
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

async function abortWhileHeld(): Promise<void> {
  const arrived = new Promise<void>((resolve) => (held.arrived = resolve));
  const abort = new AbortController();
  const request = fetch(`${url}/things/${id}/held`, { signal: abort.signal }).catch(() => undefined);
  await arrived;
  const before = await valueOf('tams_http_requests_total', { status_code: '499' });
  abort.abort();
  await request;
  await eventually(
    () => valueOf('tams_http_requests_total', { status_code: '499' }),
    (count) => count !== before,
    { what: 'the request that was given up is counted', every: 50 },
  );
  held.release?.();
}

it('counts every response exactly once, whatever ends it', async () => {
  const before = await samples();
  const statuses: number[] = [];
  const send = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}${path}`, init);
    await response.text();
    statuses.push(response.status);
  };
  await send(`/things/${id}`);
  await send(`/things/${id}`, { method: 'HEAD' });
  await send('/things', { method: 'POST', headers: json, body: '{"name":"a"}' });
  await send('/things', { method: 'POST', headers: json, body: '{"name":' });
  await send('/things', { method: 'POST', headers: json, body: '{"title":"a"}' });
  await send('/things', { method: 'POST', headers: json, body: JSON.stringify({ name: 'x'.repeat(4096) }) });
  await send('/things', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' });
  await send('/things/no-uuid');
  await send(`/things/${id}?limit=many`);
  await send(`/things/${id}/forbidden`);
  await send(`/things/${id}/fails`);
  await send(`/things/${id}/unavailable`);
  await send(`/things/${id}/odd`);
  await send(`/things/${id}`, { method: 'DELETE' });
  await send('/nowhere/at/all');
  await send('/things/%zz');
  await abortWhileHeld();
  expect(statuses).toEqual([200, 200, 201, 400, 400, 413, 400, 404, 400, 403, 500, 503, 400, 405, 404, 404]);

  const counted = await countedSince(before);
  expect(counted.requests).toEqual(
    [
      'GET /things/{id} 200: 1',
      'HEAD /things/{id} 200: 1',
      'POST /things 201: 1',
      'POST /things 400: 3',
      'POST /things 413: 1',
      'GET /things/{id} 404: 1',
      'GET /things/{id} 400: 1',
      'GET /things/{id}/forbidden 403: 1',
      'GET /things/{id}/fails 500: 1',
      'GET /things/{id}/unavailable 503: 1',
      'GET /things/{id}/odd 400: 1',
      'DELETE /things/{id} 405: 1',
      'GET unmatched 404: 2',
      'GET /things/{id}/held 499: 1',
    ].sort(),
  );
  expect(counted.errors).toEqual(
    [
      'not-json /things: 2',
      'validation-failed /things: 1',
      'body-too-large /things: 1',
      'malformed-identifier /things/{id}: 1',
      'validation-failed /things/{id}: 1',
      'forbidden /things/{id}/forbidden: 1',
      'internal-error /things/{id}/fails: 1',
      'store-away /things/{id}/unavailable: 1',
      'bad-request /things/{id}/odd: 1',
      'method-not-allowed /things/{id}: 1',
      'unknown-path unmatched: 2',
      'client-abort /things/{id}/held: 1',
    ].sort(),
  );
  const durations = changes(before, await samples(), 'tams_http_request_duration_seconds_count');
  expect(durations.reduce((sum, { value }) => sum + value, 0)).toBe(17);
  expect(log.requests()).toHaveLength(17);
});

it('counts what is no HTTP request at all', async () => {
  const before = await samples();
  expect(await raw('this is not HTTP\r\n\r\n')).toContain('400 Bad Request');
  expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)).toContain('431');
  const unknown = await raw('PROPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(unknown).toContain('404');
  expect(await countedSince(before)).toEqual({
    requests: ['other unmatched 400: 1', 'other unmatched 404: 1', 'other unmatched 431: 1'],
    errors: ['malformed-request unmatched: 2', 'unknown-path unmatched: 1'],
  });
});

it('counts a request once whose body turns out to be no HTTP', async () => {
  const before = await samples();
  const head = `POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  expect(await raw(`${head}4\r\n{"na\r\nthis is no chunk\r\n`)).toContain('400 Bad Request');
  expect(await countedSince(before)).toEqual({
    requests: ['POST /things 400: 1'],
    errors: ['malformed-request /things: 1'],
  });
  expect(log.requests()).toMatchObject([{ status: 400, problem: 'malformed-request', route: '/things' }]);
});

it('counts what follows a request on its connection and is no HTTP by itself', async () => {
  const before = await samples();
  const body = '{"name":"a"}';
  const request = `POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  expect(await raw(request, 'no HTTP\r\n\r\n')).toContain('400 Bad Request');
  expect(await countedSince(before)).toEqual({
    requests: ['POST /things 201: 1', 'other unmatched 400: 1'],
    errors: ['malformed-request unmatched: 1'],
  });
});

it('writes one line for each request, with all that identifies it', async () => {
  const response = await fetch(`${url}/things/${id}?limit=3`, { headers: { 'x-correlation-id': 'my-call-7' } });
  expect(response.headers.get('x-correlation-id')).toBe('my-call-7');
  const body = await response.text();
  expect(log.all()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      msg: 'request',
      correlation_id: 'my-call-7',
      trace_id: expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/) as string,
      span_id: expect.stringMatching(/^(?!0{16})[0-9a-f]{16}$/) as string,
      method: 'GET',
      route: '/things/{id}',
      path: `/things/${id}`,
      status: 200,
      duration_ms: expect.any(Number) as number,
      bytes: body.length,
      statements: 0,
      database_ms: 0,
      client: '127.0.0.1',
    },
  ]);
});

it('carries the correlation id through a body that is read, into the code, its log lines and problems', async () => {
  const post = (body: string) =>
    fetch(`${url}/things`, { method: 'POST', headers: { ...json, 'x-correlation-id': 'with-body' }, body });
  const made = (await (await post('{"name":"a"}')).json()) as { correlation: string };
  expect(made.correlation).toBe('with-body');
  const refused = (await (await post('{')).json()) as { correlation_id: string };
  expect(refused.correlation_id).toBe('with-body');
  expect(log.all().map((line) => line['correlation_id'])).toEqual(['with-body', 'with-body', 'with-body']);
  expect(log.all()[0]).toMatchObject({ context: 'Things', note: 'made', msg: 'a thing was made' });
});

it('every route has its series at zero before its first request, so that a burst is an increase', async () => {
  const all = await samples();
  const of = (name: string, labels: Readonly<Record<string, string>>): number | undefined =>
    all.find(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )?.value;
  const route = { method: 'GET', endpoint: '/things/{id}/never-called' };
  for (const status_code of ['200', '400', '404', '500', '503']) {
    expect({ status_code, value: of('tams_http_requests_total', { ...route, status_code }) }).toEqual({
      status_code,
      value: 0,
    });
  }
  expect(of('tams_http_request_duration_seconds_count', route)).toBe(0);
  for (const type of ['internal-error', 'dependency-unavailable'])
    expect({ type, value: of('tams_errors_total', { type, endpoint: route.endpoint }) }).toEqual({ type, value: 0 });
  expect(of('tams_webhook_deliveries_total', { outcome: 'timeout' })).toBe(0);
  expect(of('tams_flow_operations_total', { operation: 'list', format: 'multi', status: 'error' })).toBeDefined();
  expect(of('tams_query_errors_total', { query_type: 'update' })).toBeDefined();
  // A gauge nobody has filled is unknown and not zero; refusals of methods are no routes of their own.
  expect(of('tams_webhook_oldest_waiting_seconds', {})).toBeUndefined();
  expect(of('tams_http_requests_total', { ...route, method: 'DELETE' })).toBeUndefined();
});

it('the line of a request names its client, also of one that has left', async () => {
  await fetch(`${url}/things/${id}`);
  await abortWhileHeld();
  expect(log.requests().map(({ status, client }) => [status, client])).toEqual([
    [200, '127.0.0.1'],
    [499, '127.0.0.1'],
  ]);
});

it('an unusable correlation id is replaced', async () => {
  const response = await fetch(`${url}/things/${id}`, { headers: { 'x-correlation-id': 'no spaces <allowed>' } });
  expect(response.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('no planted secret reaches a log line', async () => {
  const planted = 'planted-S3CRET-0815';
  await fetch(`${url}/things/${id}/fails?access_token=${planted}&X-Amz-Signature=${planted}`, {
    headers: { authorization: `Bearer ${planted}`, cookie: `session=${planted}` },
  });
  await fetch(`${url}/things`, { method: 'POST', headers: json, body: `{"name":3,"password":"${planted}"}` });
  await fetch(`${url}/${planted.length}?signature=${planted}`);
  expect(log.raw.join('\n')).not.toContain(planted);
  expect(log.raw.join('\n')).not.toContain('hunter2-planted');
  const failure = log.requests().find((line) => line['problem'] === 'internal-error');
  expect(failure).toMatchObject({ level: 'error', cause: 'password=[redacted] is in this message' });
  expect((await samples()).map((sample) => JSON.stringify(sample)).join('\n')).not.toContain(planted);
});

describe('GET /metrics', () => {
  it('answers Prometheus text by default and OpenMetrics when that is preferred, with the same samples', async () => {
    const text = await fetch(`${url}/metrics`);
    expect(text.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const open = await fetch(`${url}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' },
    });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const openText = await open.text();
    expect(openText.endsWith('# EOF\n')).toBe(true);
    expect(openText).toContain('# TYPE tams_http_requests counter');
    expect(openText).toContain('le="1.0"');
    const again = await (await fetch(`${url}/metrics`)).text();
    expect(again).toContain('# TYPE tams_http_requests_total counter');
    const names = (body: string) => new Set(parseSamples(body).map((sample) => sample.name));
    expect([...names(openText)].filter((name) => !name.endsWith('_created'))).toEqual([...names(again)]);
    expect(names(openText)).toContain('tams_http_requests_created');
    expect(names(openText)).toContain('tams_http_request_duration_seconds_created');
    expect(names(again)).toContain('process_cpu_user_seconds_total');
    expect(names(again)).toContain('nodejs_eventloop_lag_seconds');
  });

  it('shows memory, open connections and what hangs as they are', async () => {
    const open = new Promise<void>((resolve) => (held.arrived = resolve));
    const request = fetch(`${url}/things/${id}/held`);
    await open;
    expect(metrics.httpConnections.series({}).value).toBeGreaterThanOrEqual(1);
    const endpoint = '/things/{id}/held';
    expect(await valueOf('tams_http_requests_in_flight', { endpoint })).toBe(1);
    expect(await valueOf('tams_http_oldest_request_seconds', { endpoint })).toBeGreaterThan(0);
    held.release?.();
    await request;
    expect(await valueOf('tams_http_requests_in_flight', { endpoint })).toBe(0);
    expect(await valueOf('tams_http_oldest_request_seconds', { endpoint })).toBe(0);
    expect(await valueOf('tams_memory_usage_bytes')).toBeGreaterThan(10_000_000);
  });
});
