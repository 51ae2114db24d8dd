import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OtlpReceiver } from '../telemetry/otlp-receiver';
import { type BenchBed, onBenchBed } from './bench-bed';
import { filledFlow } from './bench-store';
import { type BenchCase, pagePath, READ_SEGMENTS, reading } from './cases';
import type { LoadResult, LoadRound } from './load-plan';
import { measure, type Measurement } from './measurement';
import { LoadGenerator, startTamsServer } from './processes';
import { machine, number, spread, tableOf } from './report';
import { type TelemetryEvidence, evidenceOf, requireShipped, requireStubbed } from './telemetry-evidence';
import { readOptions } from './options';

const USAGE = `npm run bench:telemetry -- [options]
  --quick          short rounds: a look, not a measurement
  --rounds N       rounds of each case on each server (default 11)
  --seconds N      length of a round (default 3)
  --sampled SHARE  sample this share of the traces instead of 50 a second: on a machine so busy that 50 a second are most
  --json FILE      also write all figures as JSON ("-" for standard output, without the table)
  --profile DIR    write a CPU profile of the server with telemetry there; it slows that server, so read no ratio then
The built server as it is shipped (JSON log lines to a file, metrics, spans sampled by default and sent to a collector that
takes them) and the same server with libs/telemetry stubbed out, in alternating rounds. What either did is checked by its
log, its /metrics and the spans that arrived. Ends with 1 when telemetry costs more than 15 % of the requests per second of
the page of 30.`;

const options = readOptions(USAGE, {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  sampled: { type: 'string' },
  json: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
});

const rounds = Number(options.rounds ?? (options.quick ? 3 : 11));
const size = { seconds: Number(options.seconds ?? (options.quick ? 1 : 3)), registrations: 0, batches: 0 };
/** Least share of the requests per second that telemetry must leave, of the page of 30. */
const LEAST_SHARE_KEPT = 0.85;
const PAGE = { name: 'page of 30, presigned URLs', endpoint: '/flows/{flowId}/segments' };
const ROOT = { name: 'GET /', endpoint: '/' };

/** Counts what is sent to each server. */
class CountingLoad extends LoadGenerator {
  private readonly sent = new Map<string, Record<string, number>>();

  override async run(round: LoadRound): Promise<LoadResult[]> {
    const results = await super.run(round);
    const counts = this.sentTo(round.origin);
    for (const { label, requests } of results) counts[label] = (counts[label] ?? 0) + requests;
    return results;
  }

  /** Requests by case. */
  sentTo(origin: string): Record<string, number> {
    const counts = this.sent.get(origin) ?? {};
    this.sent.set(origin, counts);
    return counts;
  }
}

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  await onBenchBed(run);
}

async function run({ directory, postgres, stops }: BenchBed): Promise<void> {
  const receiver = await OtlpReceiver.start();
  stops.push(() => receiver.stop());
  const start = (name: string, further: object) =>
    startTamsServer({
      databaseUrl: postgres.connectionUrl,
      directory,
      name,
      environment: {
        OTLP_ENDPOINT: receiver.endpoint,
        OTEL_SERVICE_NAME: name,
        LOG_LEVEL: 'info',
        LOG_FORMAT: 'json',
        ...(options.sampled !== undefined && { OTEL_TRACES_SAMPLER_ARG: options.sampled }),
      },
      ...further,
    });
  const shipped = await start('shipped', { profileDirectory: options.profile });
  stops.push(() => shipped.stop());
  const cases = await createCases(shipped.origin, postgres.connectionUrl);
  const stubbed = await start('stubbed', { nodeOptions: ['--import', join(__dirname, 'without-telemetry.mjs')] });
  stops.push(() => stubbed.stop());
  const load = new CountingLoad();
  stops.push(() => {
    load.stop();
  });
  const measurements: Measurement[] = [];
  for (const benchCase of cases) {
    console.error(`${benchCase.name}...`);
    measurements.push(...(await measure({ load }, benchCase, [shipped, stubbed], rounds, size)));
  }
  const endpoints = [PAGE, ROOT];
  const evidence = (server: typeof shipped) =>
    evidenceOf(server, join(directory, `${server.name}.log`), receiver, endpoints);
  const sent = load.sentTo(shipped.origin);
  const did = await evidence(shipped);
  requireShipped(did, Object.fromEntries(endpoints.map(({ name, endpoint }) => [endpoint, sent[name] ?? 0])));
  requireStubbed(await evidence(stubbed));
  await report(measurements, did);
}

async function createCases(origin: string, databaseUrl: string): Promise<BenchCase[]> {
  const flowId = await filledFlow(origin, databaseUrl, READ_SEGMENTS);
  const anyPage = () => pagePath(flowId, Math.floor(Math.random() * (READ_SEGMENTS - 30)), 30);
  return [reading(PAGE.name, anyPage), reading(ROOT.name, () => '/')];
}

async function report(measurements: readonly Measurement[], did: TelemetryEvidence): Promise<void> {
  if (options.json !== undefined) {
    const text = JSON.stringify({ machine: machine(), rounds, size, measurements, shipped: did }, null, 2);
    if (options.json === '-') console.log(text);
    else await writeFile(options.json, text);
  }
  const rows = measurements.map(({ label, figures, ratios, processorRatios }) => {
    const [shipped, stubbed] = [figures['shipped'], figures['stubbed']];
    const [kept, processor] = [ratios['stubbed'], processorRatios['stubbed']];
    if (!shipped || !stubbed || !kept || !processor) throw new Error(`Nothing was measured for ${label}.`);
    if (label === PAGE.name && kept.median < LEAST_SHARE_KEPT) process.exitCode = 1;
    return [
      label,
      spread(shipped.requestsPerSecond),
      spread(stubbed.requestsPerSecond),
      spread(kept, 2),
      spread(processor, 2),
      spread(shipped.cpuMicroseconds),
      spread(stubbed.cpuMicroseconds),
    ];
  });
  if (options.json === '-') return;
  const header = [
    'case',
    'requests/s',
    'stubbed requests/s',
    'share kept',
    'of the processor',
    'CPU us',
    'stubbed CPU us',
  ];
  console.log(`\n${tableOf(header, rows)}`);
  console.log(
    `\nMedian (lowest-highest) of ${number(rounds)} rounds; share kept: of the requests per second and of the processor time of a request, round by round; of the former at least ${LEAST_SHARE_KEPT} on the page of 30.`,
  );
  for (const [endpoint, { counted, logged, traced }] of Object.entries(did.endpoints))
    console.log(
      `${endpoint}: ${number(counted)} requests counted, ${number(logged)} logged, ${number(traced)} traced.`,
    );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
