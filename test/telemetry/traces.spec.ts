import { Injectable } from '@nestjs/common';
import { Database, poolOf, createDataSource } from '@tams/platform';
import {
  continueTrace,
  currentCorrelationId,
  currentSpanContext,
  observeStorage,
  registry,
  startTracing,
  type Tracing,
  traceCarrier,
  TraceOperation,
  withCorrelation,
  withSpan,
} from '@tams/telemetry';
import { createTestDatabase } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';
import { OtlpReceiver } from './otlp-receiver';
import { expose } from '../../libs/telemetry/src/metrics/exposition';
import { everySpanArrived } from './scrape';

let receiver: OtlpReceiver;
let tracing: Tracing;
let tams: TestServer;

beforeAll(async () => {
  receiver = await OtlpReceiver.start();
  tracing = startTracing(
    {
      OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    },
    { name: 'tams-test', version: '1.2.3' },
  );
  tams = await startTestServer();
});
afterAll(async () => {
  await tams.stop();
  await tracing.stop();
  await receiver.stop();
});
beforeEach(async () => {
  await everySpanArrived(tracing);
  receiver.clear();
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

it('a request is one connected trace that continues the caller’s', async () => {
  const response = await fetch(`${tams.url}/sources?limit=3&access_token=planted-SECRET`, {
    headers: { traceparent, 'x-correlation-id': 'trace-test-1', 'user-agent': 'tests/1' },
  });
  await response.text();
  await everySpanArrived(tracing);
  const spans = receiver.trace(traceId);
  const server = spans.find((span) => span.kind === 2)!;
  expect(server).toMatchObject({
    name: 'GET /sources',
    parentSpanId: 'b7ad6b7169203331',
    status: { code: 0 },
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/sources',
      'http.response.status_code': 200,
      'url.scheme': 'http',
      'url.path': '/sources',
      'url.query': 'limit=3&access_token=[redacted]',
      'user_agent.original': 'tests/1',
      'tams.correlation_id': 'trace-test-1',
      'code.function.name': 'SourcesController.list',
    },
  });
  const query = spans.find((span) => span.name === 'SELECT sources')!;
  expect(query).toMatchObject({
    kind: 3,
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.summary': 'SELECT sources',
      'db.operation.name': 'SELECT',
      'db.query.text': expect.stringContaining('FROM sources s ORDER BY') as string,
      'db.namespace': new URL(tams.databaseUrl).pathname.slice(1),
      'server.address': new URL(tams.databaseUrl).hostname,
      'server.port': Number(new URL(tams.databaseUrl).port),
    },
  });
  // It reads tags as well, so that no table is *the* one.
  expect(query.attributes).not.toHaveProperty('db.collection.name');
  const ids = new Set(spans.map((span) => span.spanId));
  for (const span of spans) if (span !== server) expect(ids).toContain(span.parentSpanId);
  expect(receiver.received).not.toContain('planted-SECRET');
  expect(receiver.resources.at(-1)).toMatchObject({ 'service.name': 'tams-test', 'service.version': '1.2.3' });
  expect(receiver.requests.at(-1)).toMatchObject({
    path: '/v1/traces',
    headers: { 'content-type': 'application/x-protobuf' },
  });
});

it('a caller that is not sampled is not recorded, and its trace still identifies the log lines', async () => {
  await (await fetch(`${tams.url}/sources`, { headers: { traceparent: traceparent.replace(/1$/, '0') } })).text();
  await everySpanArrived(tracing);
  // Jobs of the server have traces of their own at any time: this caller's is the one that must not be there.
  expect(receiver.trace(traceId)).toEqual([]);
});

it.each([
  ['/flows/0f0e0d0c-0000-4000-8000-000000000000', 404, 0],
  ['/sources?limit=x', 400, 0],
  ['/no/such/path', 404, 0],
])('%s answers %d and leaves its span with status %d', async (path, status, code) => {
  const response = await fetch(`${tams.url}${path}`, { headers: { traceparent } });
  await response.text();
  expect(response.status).toBe(status);
  await everySpanArrived(tracing);
  const server = receiver.trace(traceId).find((span) => span.kind === 2)!;
  expect(server.status.code).toBe(code);
  expect(server.attributes['http.response.status_code']).toBe(status);
  expect(server.attributes['error.type']).toBeUndefined();
  expect(server.name).toBe(
    { '/no/such/path': 'GET', '/sources?limit=x': 'GET /sources' }[path] ?? 'GET /flows/{flowId}',
  );
});

it('the latency histogram has an exemplar that leads to the trace', async () => {
  await (await fetch(`${tams.url}/sources`, { headers: { traceparent } })).text();
  const { body } = await expose(registry, 'application/openmetrics-text');
  expect(body).toMatch(
    new RegExp(
      `tams_http_request_duration_seconds_bucket\\{[^}]*endpoint="/sources"[^\\n]* # \\{trace_id="${traceId}",span_id="[0-9a-f]{16}"\\}`,
    ),
  );
});

@Injectable()
class Business {
  @TraceOperation('flow.create', {
    format: () => 'urn:x-nmos:format:audio',
    attributes: ({ args }) => ({ 'flow.id': String(args[0]) }),
  })
  async create(database: Database): Promise<string> {
    await database.transaction(async (connection) => {
      await connection.query('SELECT id FROM flows WHERE id = $1', ['6e2b1c0e-6b3c-4d6a-9f6a-111111111111']);
    });
    return observeStorage('stat', 'backend-1', () => Promise.resolve('stored'));
  }
}

it('HTTP, business, SQL and storage are one trace, and so are a job’s spans, linked to its cause', async () => {
  const dataSource = createDataSource({ url: await createTestDatabase(), poolSize: 2, statementTimeoutSeconds: 5 });
  await dataSource.initialize();
  const database = new Database(poolOf(dataSource));
  let carrier: Record<string, string> = {};
  await withCorrelation({ correlationId: 'the-cause' }, () =>
    withSpan('test root', {}, async () => {
      await new Business().create(database);
      carrier = traceCarrier();
    }),
  );
  const inJob = await continueTrace(carrier, 'process webhook.deliver', { queue: 'webhooks' }, () => ({
    correlation: currentCorrelationId(),
    trace: currentSpanContext()!.traceId,
  }));
  await dataSource.destroy();
  await everySpanArrived(tracing);
  expect(carrier).toEqual({ traceparent: expect.any(String) as string, 'x-correlation-id': 'the-cause' });
  const root = receiver.spans.find((span) => span.name === 'test root')!;
  const nameOf = new Map(receiver.trace(root.traceId).map((span) => [span.spanId, span.name]));
  expect(
    receiver
      .trace(root.traceId)
      .map((span) => `${nameOf.get(span.parentSpanId) ?? ''} > ${span.name}`)
      .sort(),
  ).toEqual([
    ' > test root',
    'flow.create > BEGIN',
    'flow.create > COMMIT',
    'flow.create > SELECT flows',
    'flow.create > storage stat',
    'test root > flow.create',
  ]);
  const job = receiver.spans.find((span) => span.name === 'process webhook.deliver')!;
  expect(job.links).toEqual([{ traceId: root.traceId, spanId: root.spanId }]);
  expect(inJob).toEqual({ correlation: 'the-cause', trace: job.traceId });
  expect(job.traceId).not.toBe(root.traceId);
});

it('secrets in attributes and exceptions are gone before a span leaves', async () => {
  await expect(
    withSpan('leaky', { password: 'planted-SECRET', note: 'Authorization: Bearer planted-SECRET' }, () => {
      throw new Error('GET https://s3/o?X-Amz-Signature=planted-SECRET failed');
    }),
  ).rejects.toThrow('failed');
  await everySpanArrived(tracing);
  const span = receiver.spans.find(({ name }) => name === 'leaky')!;
  expect(span.status).toEqual({ code: 2, message: 'GET https://s3/o?X-Amz-Signature=[redacted] failed' });
  expect(span.attributes['password']).toBe('[redacted]');
  expect(receiver.received).not.toContain('planted-SECRET');
});
