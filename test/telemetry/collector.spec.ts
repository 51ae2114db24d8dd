import { startTracing, type Tracing, withSpan } from '@tams/telemetry';
import { startTestServer, type TestServer } from '../support/test-server';
import { type Behaviour, OtlpReceiver } from './otlp-receiver';
import { changes, samples, type Sample, valueOf } from './scrape';

/** Longer than any machine takes to answer, however busy; and longer than a stop waits. */
const PATIENT = '20000';
const QUEUE = 100;

// Whole servers start and serve hundreds of requests, perhaps on a machine that is busy with much else.
jest.setTimeout(120_000);

let receiver: OtlpReceiver;
let tracing: Tracing;
let tams: TestServer;

/** A server of its own that sends its spans to a collector of its own. */
async function start(behaviour: Behaviour, timeoutMilliseconds: string): Promise<void> {
  receiver = await OtlpReceiver.start();
  receiver.behaviour = behaviour;
  tracing = startTracing(
    {
      OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER: 'parentbased_always_on',
      OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '50',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_EXPORTER_OTLP_TIMEOUT: timeoutMilliseconds,
    },
    { name: 'tams-test', version: '1' },
  );
  // Jobs have spans of their own, which would be counted among those of the requests.
  tams = await startTestServer({ JOB_WORKERS: 'false' });
}

afterEach(async () => {
  await tams.stop();
  receiver.acceptEverything();
  await tracing.stop();
  while ((await valueOf('tams_telemetry_spans_waiting')) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await receiver.stop();
});

/** Spans since `before` by outcome, and those that wait; one scrape, so that none is seen twice or missed. */
async function spansSince(before: readonly Sample[]): Promise<Record<string, number>> {
  const after = await samples();
  const settled = changes(before, after, 'tams_telemetry_spans_total').map(({ labels, value }) => [
    labels['outcome'],
    value,
  ]);
  const waiting = after.find(({ name }) => name === 'tams_telemetry_spans_waiting')!.value;
  return { exported: 0, failed: 0, dropped: 0, ...(Object.fromEntries(settled) as Record<string, number>), waiting };
}

/** 200 requests, each with its operation and its query, all of them answered. */
async function load(): Promise<void> {
  for (let batch = 0; batch < 10; batch += 1) {
    const responses = await Promise.all(Array.from({ length: 20 }, () => fetch(`${tams.url}/sources`)));
    for (const response of responses) {
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
    expect(await valueOf('tams_telemetry_spans_waiting')).toBeLessThanOrEqual(QUEUE);
  }
}
const SPANS = 600;

const sum = (spans: Record<string, number>) => Object.values(spans).reduce((total, value) => total + value, 0);

it.each([
  ['hang', '300'],
  ['refuse', PATIENT],
] as const)('a collector that does %s costs bounded memory and no request, and is seen', async (behaviour, timeout) => {
  await start(behaviour, timeout);
  const before = await samples();
  await load();
  let spans = await spansSince(before);
  expect(sum(spans)).toBe(SPANS);
  while (spans['failed'] === 0) {
    await tracing.flush();
    spans = await spansSince(before);
  }
  expect(spans).toMatchObject({ exported: 0, dropped: expect.any(Number) as number });
  const health = (await (await fetch(`${tams.url}/health`)).json()) as Record<string, Record<string, unknown>>;
  expect(health['status']).toBe('degraded');
  expect(health['checks']!['telemetry']).toMatchObject({ status: 'degraded' });
});

it('a collector that answers garbage has taken the spans, and nothing else comes of it', async () => {
  await start('garbage', PATIENT);
  const before = await samples();
  await load();
  const spans = await spansSince(before);
  expect(sum(spans)).toBe(SPANS);
  expect(spans).toMatchObject({ failed: 0 });
  expect(spans['exported']).toBeGreaterThan(0);
});

it('a collector that comes back is sent to again', async () => {
  await start('refuse', PATIENT);
  const before = await samples();
  await withSpan('refused', {}, () => undefined);
  while ((await spansSince(before))['failed'] === 0) await tracing.flush();
  receiver.behaviour = 'accept';
  await withSpan('welcome', {}, () => undefined);
  while ((await spansSince(before))['exported'] === 0) await tracing.flush();
  expect(receiver.spans.map(({ name }) => name)).toContain('welcome');
  const health = (await (await fetch(`${tams.url}/health`)).json()) as Record<string, Record<string, unknown>>;
  expect(health['checks']!['telemetry']).toMatchObject({ status: 'up' });
});

it('stopping with a collector that hangs neither hangs nor rejects', async () => {
  await start('hang', PATIENT);
  await withSpan('last', {}, () => undefined);
  await tracing.stop();
  expect(receiver.spans).toEqual([]);
  const before = await samples();
  await withSpan('too late', {}, () => undefined);
  expect((await spansSince(before))['waiting']).toBeLessThanOrEqual(1);
});
