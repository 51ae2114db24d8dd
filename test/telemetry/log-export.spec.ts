import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { logger, startTracing, type Tracing } from '@tams/telemetry';
import { startErrorApp } from './error-app';
import { LogLines } from './log-lines';
import { OtlpReceiver } from './otlp-receiver';
import { valueOf } from './scrape';

const id = '6e2b1c0e-6b3c-4d6a-9f6a-111111111111';
const QUEUE = 20;

let receiver: OtlpReceiver;
let tracing: Tracing;
let app: NestFastifyApplication;
let url: string;
let lines: LogLines;

beforeEach(async () => {
  receiver = await OtlpReceiver.start();
  tracing = startTracing(
    {
      OTLP_ENDPOINT: receiver.endpoint,
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE),
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
    { name: 'tams-test', version: '1' },
  );
  lines = new LogLines();
  ({ app, url } = await startErrorApp({ level: 'info', format: 'json', destination: lines }));
});
afterEach(async () => {
  await app.close();
  receiver.acceptEverything();
  await tracing.stop();
  await receiver.stop();
});

it('what standard output shows reaches the collector as log records of the same trace, without secrets', async () => {
  const planted = 'planted-S3CRET-0816';
  const response = await fetch(`${url}/things/${id}?access_token=${planted}`, {
    headers: { 'x-correlation-id': 'exported-line' },
  });
  await response.text();
  logger.error({ err: new Error('the disk is away'), password: planted }, 'a fault');
  await tracing.flush();
  const [request] = lines.requests();
  const sent = receiver.requests.map(({ path }) => path);
  expect(sent).toContain('/v1/logs');
  for (const text of ['exported-line', 'tams-test', '/things/{id}', 'a fault', 'exception.message', 'the disk is away'])
    expect(receiver.received).toContain(text);
  // Identifiers are bytes in the protocol.
  expect(receiver.received).toContain(Buffer.from(String(request?.['trace_id']), 'hex').toString('latin1'));
  expect(receiver.received).not.toContain(planted);
  expect(await valueOf('tams_telemetry_log_records_total', { outcome: 'exported' })).toBeGreaterThanOrEqual(2);
});

it('a collector that does not answer costs records, which are counted, and nothing else', async () => {
  receiver.behaviour = 'hang';
  const before = await valueOf('tams_telemetry_log_records_total', { outcome: 'dropped' });
  for (let line = 0; line < 3 * QUEUE; line += 1) logger.info({ line }, 'one of many');
  expect(await valueOf('tams_telemetry_log_records_total', { outcome: 'dropped' })).toBeGreaterThanOrEqual(
    before + 2 * QUEUE,
  );
  expect(lines.all().filter(({ msg }) => msg === 'one of many')).toHaveLength(3 * QUEUE);
});
