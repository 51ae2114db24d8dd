import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { videoFlow } from '../support/flow-fixtures';
import { type Child, freePort, poll, startChild } from './child';
import { Jaeger, outlineOf } from './jaeger-process';
import { goProgram } from './prometheus-process';
import { composeFile, ROOT, shipped } from './shipped-files';
import { TracedServer } from './traced-server';

const jaegerProgram = goProgram('jaeger', 'test/stack/collector.stack.ts');
const program = goProgram('otelcol', 'test/stack/collector.stack.ts');
const describeWithPrograms = program === undefined || jaegerProgram === undefined ? describe.skip : describe;

/** Where a Collector of a test takes and gives. */
interface CollectorAddresses {
  readonly otlp: string;
  /** What it received, for Prometheus. */
  readonly received: string;
  /** Its own figures. */
  readonly own: string;
}

/** Starts a Collector with the shipped configuration; only its addresses and its directory are the test's own. */
async function startCollector(directory: string, tracesEndpoint: string): Promise<[Child, CollectorAddresses]> {
  const [http, grpc, received, health, own] = await Promise.all(Array.from({ length: 5 }, () => freePort()));
  const settings = {
    'receivers.otlp.protocols.http.endpoint': `127.0.0.1:${http}`,
    'receivers.otlp.protocols.grpc.endpoint': `127.0.0.1:${grpc}`,
    'exporters.prometheus.endpoint': `127.0.0.1:${received}`,
    'exporters.file/logs.path': join(directory, 'logs.jsonl'),
    'extensions.health_check.endpoint': `127.0.0.1:${health}`,
    'service.telemetry.metrics.readers': `[{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${own}}}}}]`,
  };
  const child = await startChild({
    program: program ?? '',
    arguments: [
      `--config=${join(ROOT, 'deploy/otel-collector/config.yaml')}`,
      ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
    ],
    environment: { TRACES_ENDPOINT: tracesEndpoint },
    readyUrl: `http://127.0.0.1:${health}/`,
  });
  const at = (port: number | undefined): string => `http://127.0.0.1:${port}`;
  return [child, { otlp: at(http), received: `${at(received)}/metrics`, own: `${at(own)}/metrics` }];
}

describeWithPrograms('the shipped Collector', () => {
  let directory: string;
  let jaegerPort: number;
  let collector: Child | undefined;
  let addresses: CollectorAddresses;
  let tams: TracedServer | undefined;
  let jaeger: Jaeger | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tams-collector-'));
    jaegerPort = await freePort();
    [collector, addresses] = await startCollector(directory, `http://127.0.0.1:${jaegerPort}`);
    tams = await TracedServer.start(addresses.otlp, { OTEL_LOGS_EXPORTER: 'otlp' });
  });
  afterAll(async () => {
    await tams?.stop();
    await collector?.stop();
    await jaeger?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('holds traces while Jaeger is away, and passes them on whole', async () => {
    const flow = videoFlow();
    const { traceId } = await tams!.send('PUT', `/flows/${flow.id}`, flow);
    await poll('spans at the Collector', 60_000, async () =>
      /^otelcol_receiver_accepted_spans\S* [1-9]/m.test(await (await fetch(addresses.own)).text()),
    );
    jaeger = await Jaeger.start(jaegerProgram ?? '', jaegerPort);
    const trace = await jaeger.trace(traceId, (found) => outlineOf(found).includes('flow.create > COMMIT'));
    expect(outlineOf(trace)).toContain('? > PUT /flows/{flowId}');
  }, 180_000);

  it('keeps the log lines of a request, with its trace', async () => {
    const { traceId, correlationId } = await tams!.send('GET', '/flows');
    const line = await poll('the log record', 60_000, async () =>
      (await readFile(join(directory, 'logs.jsonl'), 'utf8')).split('\n').find((text) => text.includes(correlationId)),
    );
    const batch = JSON.parse(line) as {
      resourceLogs: { scopeLogs: { logRecords: { traceId: string; body: { stringValue: string } }[] }[] }[];
    };
    const records = batch.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
    expect(records).toEqual(
      expect.arrayContaining([expect.objectContaining({ traceId, body: { stringValue: 'request' } })]),
    );
  });

  it('shows Prometheus the metrics it is sent', async () => {
    const asInt = String(42);
    const sum = {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ asInt, timeUnixNano: `${Date.now()}000000` }],
    };
    const sent = await fetch(`${addresses.otlp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'transcoder' } }] },
            scopeMetrics: [{ scope: { name: 'test' }, metrics: [{ name: 'jobs', sum }] }],
          },
        ],
      }),
    });
    expect(sent.status).toBe(200);
    const series = await poll(
      'the metric',
      60_000,
      async () => /^jobs_total\{.*\} 42.*$/m.exec(await (await fetch(addresses.received)).text())?.[0],
    );
    expect(series).toContain('job="transcoder"');
  });
});

it('what is tested is the version that docker-compose.yml starts', () => {
  const versions = [
    ...shipped('test/stack/otel-collector/manifest.yaml').matchAll(
      /\/(?:\w+exporter|\w+processor|\w+receiver) v(\S+)/g,
    ),
  ];
  expect(new Set(versions.map(([, version]) => `otel/opentelemetry-collector-contrib:${version ?? ''}`))).toEqual(
    new Set([(parse(JSON.stringify(composeFile().services['otel-collector'])) as { image: string }).image]),
  );
});
