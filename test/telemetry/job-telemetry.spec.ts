import { Database, JobQueue, createDataSource, poolOf } from '@tams/platform';
import { currentCorrelationId, startTracing, type Tracing, withCorrelation, withSpan } from '@tams/telemetry';
import { z } from 'zod';
import { createTestDatabase } from '../support/test-database';
import { OtlpReceiver } from './otlp-receiver';
import { everySpanArrived, valueOf } from './scrape';

let receiver: OtlpReceiver;
let tracing: Tracing;
beforeEach(async () => {
  receiver = await OtlpReceiver.start();
  tracing = startTracing(
    { OTLP_ENDPOINT: receiver.endpoint, OTEL_TRACES_SAMPLER: 'parentbased_always_on', OTEL_BSP_SCHEDULE_DELAY: '50' },
    { name: 'tams-test', version: '1' },
  );
});
afterEach(async () => {
  await tracing.stop();
  await receiver.stop();
});

it('a job runs under its cause’s correlation id, in a trace linked to it, and each attempt is counted', async () => {
  const databaseUrl = await createTestDatabase();
  const dataSource = createDataSource({ url: databaseUrl, poolSize: 2, statementTimeoutSeconds: 30 });
  await dataSource.initialize();
  const database = new Database(poolOf(dataSource));
  const queue = new JobQueue({ databaseUrl, poolSize: 2, workers: true, heartbeatSeconds: 60, stopGraceSeconds: 5 });
  const done = Promise.withResolvers<undefined>();
  const seen: string[] = [];
  queue.define('test-letters', {
    schema: z.object({ text: z.string() }),
    retry: { delaySeconds: 0, maximumDelaySeconds: 0 },
    handler: async ({ attempt }) => {
      seen.push(currentCorrelationId());
      await database.query('SELECT id FROM flows LIMIT 1');
      if (attempt === 1) throw new Error('not yet');
      done.resolve(undefined);
    },
  });
  await queue.onModuleInit();
  await queue.onApplicationBootstrap();
  await withCorrelation({ correlationId: 'the-cause' }, () =>
    withSpan('request', {}, () => queue.enqueue(database, 'test-letters', { text: 'a' })),
  );
  await done.promise;
  queue.beforeApplicationShutdown();
  await queue.onApplicationShutdown();
  await dataSource.destroy();
  await everySpanArrived(tracing);

  expect(seen).toEqual(['the-cause', 'the-cause']);
  const request = receiver.spans.find(({ name }) => name === 'request')!;
  const cause = receiver.spans.find(({ name }) => name === 'send test-letters')!;
  expect([cause.parentSpanId, cause.kind, cause.attributes['messaging.system.name']]).toEqual([
    request.spanId,
    4,
    'pgboss',
  ]);
  const jobs = receiver.spans.filter(({ name }) => name === 'process test-letters');
  expect(jobs.map(({ attributes, status, links }) => [attributes['tams.job.attempt'], status.code, links])).toEqual([
    [1, 2, [{ traceId: cause.traceId, spanId: cause.spanId }]],
    [2, 0, [{ traceId: cause.traceId, spanId: cause.spanId }]],
  ]);
  for (const job of jobs) {
    expect(job.attributes['tams.correlation_id']).toBe('the-cause');
    expect(receiver.trace(job.traceId).map(({ name }) => name)).toContain('SELECT flows');
  }
  for (const outcome of ['error', 'success']) {
    expect(await valueOf('tams_job_duration_seconds_count', { queue: 'test-letters', outcome })).toBe(1);
  }
}, 60_000);
