import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { transformSync } from '@swc/core';
import * as telemetry from '@tams/telemetry';
import { LogLines } from './log-lines';
import { valueOf } from './scrape';

const document = readFileSync(resolve(__dirname, '../../docs/telemetry.md'), 'utf8');
const examples = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
const requireReal = createRequire(__filename);

/** Runs an example as it stands in the document. @returns what it exports */
function run(example: string): Record<string, (...args: unknown[]) => unknown> {
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

function exampleWith(text: string): Record<string, (...args: unknown[]) => unknown> {
  const found = examples.find((example) => example.includes(text));
  if (!found) throw new Error(`docs/telemetry.md has no example with ${text}.`);
  return run(found);
}

const log = new LogLines();
beforeAll(() => {
  telemetry.configureLogging({ level: 'info', format: 'json', destination: log });
});

test('every example runs', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
  for (const example of examples) expect(Object.keys(run(example)).length).toBeGreaterThan(0);
});

test('a custom counter, gauge and histogram are at /metrics', async () => {
  const { recordTranscode } = exampleWith('customHistogram(');
  recordTranscode!('h264', 2.5);
  recordTranscode!('h264', 0.5);
  expect(await valueOf('acme_transcodes_total', { codec: 'h264' })).toBe(2);
  expect(await valueOf('acme_transcode_duration_seconds_count', { codec: 'h264' })).toBe(2);
  expect(await valueOf('acme_transcodes_running')).toBe(0);
});

test('a custom span gives back what its work gives', async () => {
  const { probe } = exampleWith('withSpan(');
  await expect(probe!('object-1')).resolves.toEqual({ object: 'object-1', playable: true });
});

test('a log line has its fields and identification, and no secrets', () => {
  log.clear();
  const { announce } = exampleWith('logger.info(');
  telemetry.withCorrelation({ correlationId: 'of-the-example' }, () => announce!('flow-1'));
  expect(log.all()).toEqual([
    expect.objectContaining({
      level: 'info',
      msg: 'Flow announced',
      flow_id: 'flow-1',
      correlation_id: 'of-the-example',
      callback: 'https://example.com/hook?access_token=[redacted]',
    }),
  ]);
});

test('a traced operation is counted', async () => {
  const { Transcoder } = exampleWith('@TraceOperation<') as unknown as {
    Transcoder: new () => { transcode(id: string): Promise<string> };
  };
  await expect(new Transcoder().transcode('a')).resolves.toBe('a.mp4');
  expect(
    await valueOf('tams_operation_duration_seconds_count', { operation: 'transcode.run', status: 'success' }),
  ).toBe(1);
});

test('a job runs under the correlation id of its cause', async () => {
  const { enqueue, runJob } = exampleWith('continueTrace(');
  const job = telemetry.withCorrelation({ correlationId: 'the-request' }, () => enqueue!({ flow: 'f' }));
  await expect(runJob!(job)).resolves.toBe('the-request');
});
