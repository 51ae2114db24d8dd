import { type Behaviour, OtlpReceiver } from '../telemetry/otlp-receiver';
import { type BenchBed, onBenchBed } from './bench-bed';
import { filledFlow } from './bench-store';
import { pagePath, READ_SEGMENTS, reading } from './cases';
import { measure } from './measurement';
import { LoadGenerator, type MeasuredServer, startTamsServer } from './processes';
import { number, spread, tableOf } from './report';
import { readOptions } from './options';

const USAGE = `npm run bench:collectors -- [options]
  --rounds N       rounds on each server (default 5)
  --seconds N      length of a round (default 3)
The page of 30 segments from servers that sample every request, and whose collector takes the spans, is not there, never
answers, refuses, or answers garbage, in alternating rounds. Ends with 1 when a bad collector costs more than a tenth of the
requests per second, or more than 30 MB.`;

const options = readOptions(USAGE, {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '3' },
  help: { type: 'boolean', default: false },
});

/** Least share of the requests per second with a good collector that a bad one must leave. */
const LEAST_SHARE = 0.9;
/** Most memory that a bad collector may cost, in megabytes. */
const MOST_MEMORY = 30;
const behaviours = ['accept', 'hang', 'refuse', 'garbage'] as const satisfies readonly Behaviour[];

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  await onBenchBed(run);
}

async function run({ directory, postgres, stops }: BenchBed): Promise<void> {
  const servers: MeasuredServer[] = [];
  for (const [name, endpoint] of await collectors(stops)) {
    const environment = { OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER: 'always_on', LOG_LEVEL: 'info' };
    const server = await startTamsServer({ databaseUrl: postgres.connectionUrl, directory, name, environment });
    stops.push(() => server.stop());
    servers.push(server);
  }
  await compare(servers, await filledFlow(servers[0]?.origin ?? '', postgres.connectionUrl, READ_SEGMENTS), stops);
}

/** Endpoints by how the collector behind them behaves; the good one first. */
async function collectors(stops: (() => unknown)[]): Promise<[name: string, endpoint: string][]> {
  const found: [string, string][] = [];
  for (const behaviour of behaviours) {
    const receiver = await OtlpReceiver.start();
    receiver.behaviour = behaviour;
    stops.push(() => receiver.stop());
    found.push([behaviour, receiver.endpoint]);
  }
  const gone = await OtlpReceiver.start();
  const { endpoint } = gone;
  await gone.stop();
  return [...found, ['gone', endpoint]];
}

async function compare(servers: readonly MeasuredServer[], flowId: string, stops: (() => unknown)[]): Promise<void> {
  const load = new LoadGenerator();
  stops.push(() => {
    load.stop();
  });
  for (const server of servers) server.forgetPeakMemory();
  const anyPage = () => pagePath(flowId, Math.floor(Math.random() * (READ_SEGMENTS - 30)), 30);
  const size = { seconds: Number(options.seconds), registrations: 0, batches: 0 };
  const [measured] = await measure({ load }, reading('page of 30', anyPage), servers, Number(options.rounds), size);
  const good = servers[0];
  if (!measured || !good) throw new Error('Nothing was measured.');
  const rows = servers.map((server) => {
    const figures = measured.figures[server.name];
    const ratio = measured.ratios[server.name];
    const share = ratio ? 1 / ratio.median : 1;
    if (share < LEAST_SHARE || server.peakMegabytes - good.peakMegabytes > MOST_MEMORY) process.exitCode = 1;
    return [
      server.name,
      figures ? spread(figures.requestsPerSecond) : '',
      number(share, 2),
      number(server.peakMegabytes),
    ];
  });
  console.log(tableOf(['collector', 'requests/s', 'of a good one', 'peak MB'], rows));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
