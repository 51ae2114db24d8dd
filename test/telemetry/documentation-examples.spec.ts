import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { transformSync } from '@swc/core';
import * as telemetry from '@tams/telemetry';
import { LogLines } from './log-lines';
import { everySpanArrived, valueOf } from './scrape';
import { OtlpReceiver } from './otlp-receiver';

type Exported = Record<string, (...args: never[]) => unknown>;

const document = readFileSync(resolve(__dirname, '../../docs/telemetry.md'), 'utf8');
const examples = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
const requireReal = createRequire(__filename);

/** Runs an example as it stands in the document. @returns what it exports */
function run(example: string): Exported {
  const { code } = transformSync(example, {
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'commonjs' },
  });
  const exports = {};
  const load = (name: string): unknown => (name === '@tams/telemetry' ? telemetry : requireReal(name));
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the examples of our own documentation
  (new Function('require', 'exports', code) as (load: (name: string) => unknown, exports: object) => void)(
    load,
    exports,
  );
  return exports;
}

function exampleWith(text: string): Exported {
  const found = examples.find((example) => example.includes(text));
  if (!found) throw new Error(`docs/telemetry.md has no example with ${text}.`);
  return run(found);
}

/** A class an example exports. */
function classOf<Instance = object>(exported: Exported, name: string): Type<Instance> {
  return exported[name] as unknown as Type<Instance>;
}

const log = new LogLines();
const metricExample = exampleWith('makeHistogramProvider(');
const spanExample = exampleWith('TraceService');
const logExample = exampleWith('@InjectPinoLogger(');
const gaugeExample = exampleWith('GaugeRefresher');
const Subtitles = classOf<{ render(lines: number): Promise<string> }>(spanExample, 'Subtitles');
const Announcements = classOf<{ announce(flowId: string): void }>(logExample, 'Announcements');

let receiver: OtlpReceiver;
let tracing: telemetry.Tracing;
let extension: TestingModule;

beforeAll(async () => {
  receiver = await OtlpReceiver.start();
  tracing = telemetry.startTracing(
    { OTLP_ENDPOINT: receiver.endpoint, OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
    { name: 'tams-test', version: '1.2.3' },
  );
  @Module({
    imports: [
      telemetry.TelemetryModule.forRoot({ level: 'info', format: 'json', destination: log }),
      classOf(metricExample, 'TranscodesModule'),
      classOf(gaugeExample, 'FarmModule'),
    ],
    providers: [Subtitles, Announcements],
  })
  class Extension {}
  extension = await Test.createTestingModule({ imports: [Extension] }).compile();
  await extension.init();
});

afterAll(async () => {
  await extension.close();
  await tracing.stop();
  await receiver.stop();
});

it('runs every example', () => {
  expect(examples.length).toBeGreaterThanOrEqual(7);
  for (const example of examples) expect(Object.keys(run(example)).length).toBeGreaterThan(0);
});

it('shows metrics of an extension at /metrics', async () => {
  const transcodes = extension.get<{ run(codec: string, work: () => Promise<void>): Promise<void> }>(
    classOf(metricExample, 'Transcodes'),
  );
  await transcodes.run('h264', () => Promise.resolve());
  await transcodes.run('h264', () => Promise.resolve());
  expect(await valueOf('acme_transcodes_total', { codec: 'h264' })).toBe(2);
  expect(await valueOf('acme_transcode_duration_seconds_count', { codec: 'h264' })).toBe(2);
  expect(await valueOf('acme_transcodes_running')).toBe(0);
});

it('asks a part of /health, and refreshes gauges', async () => {
  const health = extension.get(telemetry.HealthChecks);
  expect(health.all().map(({ name }) => name)).toContain('farm');
  await extension.get(telemetry.GaugeRefresher).refresh();
  expect(await valueOf('acme_farm_machines')).toBe(3);
});

it('makes a span below the one in force, and gives back what its work gives', async () => {
  const { probe } = exampleWith('withSpan(') as { probe: (objectId: string) => Promise<unknown> };
  await expect(probe('object-1')).resolves.toEqual({ object: 'object-1', playable: true });
});

it("has nestjs-otel's TraceService find the span of an operation", async () => {
  await telemetry.continueTrace(telemetry.traceCarrier(), 'process acme', {}, () => extension.get(Subtitles).render(3));
  await everySpanArrived(tracing);
  const span = receiver.spans.find(({ name }) => name === 'subtitles.render');
  expect(span?.attributes).toMatchObject({ 'acme.lines': 3, 'tams.outcome': 'success' });
});

it('writes a log line with its fields and identification, and without secrets', () => {
  log.clear();
  telemetry.withCorrelation({ correlationId: 'of-the-example' }, () => {
    extension.get(Announcements).announce('flow-1');
  });
  expect(log.all()).toEqual([
    expect.objectContaining({
      level: 'info',
      context: 'Announcements',
      msg: 'Flow announced',
      flow_id: 'flow-1',
      correlation_id: 'of-the-example',
      callback: 'https://example.com/hook?access_token=[redacted]',
    }),
  ]);
});

it('counts a traced operation', async () => {
  const Transcoder = classOf<{ transcode(id: string): Promise<string> }>(exampleWith('@TraceOperation<'), 'Transcoder');
  await expect(new Transcoder().transcode('a')).resolves.toBe('a.mp4');
  expect(
    await valueOf('tams_operation_duration_seconds_count', { operation: 'transcode.run', status: 'success' }),
  ).toBe(1);
});

it('runs a job under the correlation id of its cause', async () => {
  const { enqueue, runJob } = exampleWith('continueTrace(') as {
    enqueue: (data: unknown) => unknown;
    runJob: (job: unknown) => Promise<string>;
  };
  const job = telemetry.withCorrelation({ correlationId: 'the-request' }, () => enqueue({ flow: 'f' }));
  await expect(runJob(job)).resolves.toBe('the-request');
});
