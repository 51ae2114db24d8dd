import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type BenchBed, onBenchBed } from './bench-bed';
import { videoFlow } from '../support/flow-fixtures';
import { readOptions } from './options';
import { type MeasuredServer, startTamsServer } from './processes';
import { machine, number } from './report';

const USAGE = `npm run bench:streams -- [options]
  --streams N     event streams that are open at the same time (default 1,000)
  --events N      events they are told of (default 50)
Says how much memory open streams cost the server, and how long an event takes from the answer to the request that caused
it to each stream. Ends with 1 when a thousand streams cost more than 60 MB, or an event took longer than a second.`;

const options = readOptions(USAGE, {
  streams: { type: 'string', default: '1000' },
  events: { type: 'string', default: '50' },
  help: { type: 'boolean', default: false },
});

const MOST_MEGABYTES_A_THOUSAND = 60;
const MOST_MS = 1000;
/** Streams that are opened at the same time. */
const OPENED_TOGETHER = 50;

/** A stream as cheap as a client can be: it looks for the marks it is told to expect. */
class BareStream {
  private text = '';
  private constructor(private readonly socket: Socket) {}

  static async open(origin: string): Promise<BareStream> {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /service/events HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
    const stream = new BareStream(socket);
    socket.on('data', (bytes: Buffer) => {
      stream.text = (stream.text + bytes.toString()).slice(-8192);
      stream.onData();
    });
    await stream.has('stream/ready');
    return stream;
  }

  private onData: () => void = () => undefined;

  /** Waits until a text has come. */
  async has(text: string): Promise<void> {
    while (!this.text.includes(text))
      await new Promise<void>((resolve) => {
        this.onData = resolve;
      });
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Resident memory once it no longer falls: garbage of the start is collected first. */
async function settledMegabytes(server: MeasuredServer): Promise<number> {
  let lowest = Infinity;
  for (let look = 0; look < 10; look += 1) {
    server.forgetPeakMemory();
    await delay(500);
    lowest = Math.min(lowest, server.peakMegabytes);
  }
  return lowest;
}

async function put(origin: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(origin + path, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  await answer.arrayBuffer();
  if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}.`);
}

async function run({ directory, postgres, stops }: BenchBed): Promise<void> {
  const server = await startTamsServer({ databaseUrl: postgres.connectionUrl, directory });
  stops.push(() => server.stop());
  const { origin } = server;
  const flow = videoFlow();
  await put(origin, `/flows/${flow.id}`, flow);
  for (let index = 0; index < 200; index += 1) await put(origin, `/flows/${flow.id}/label`, `warm ${index}`);
  const before = await settledMegabytes(server);
  const count = Number(options.streams);
  const streams: BareStream[] = [];
  stops.push(() => {
    for (const stream of streams) stream.close();
  });
  while (streams.length < count) {
    const together = Math.min(OPENED_TOGETHER, count - streams.length);
    streams.push(...(await Promise.all(Array.from({ length: together }, () => BareStream.open(origin)))));
  }
  const open = await settledMegabytes(server);
  const times = await tellAll(origin, flow.id, streams);
  const told = await settledMegabytes(server);
  const cost = ((Math.max(open, told) - before) / count) * 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const longest = sorted.at(-1) ?? NaN;
  console.log(JSON.stringify(machine()));
  console.log(
    `${number(count)} streams: memory ${number(before)} MB before, ${number(open)} MB open, ${number(told)} MB after ${options.events} events to each: ${number(cost, 1)} MB a thousand.`,
  );
  console.log(
    `From the answer that caused an event to the last of all streams: median ${number(sorted[Math.floor(sorted.length / 2)] ?? NaN)} ms, longest ${number(longest)} ms.`,
  );
  if (cost > MOST_MEGABYTES_A_THOUSAND || longest > MOST_MS) process.exitCode = 1;
}

/** @returns for each event how long it took until every stream had it, in ms */
async function tellAll(origin: string, flowId: string, streams: readonly BareStream[]): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < Number(options.events); index += 1) {
    const mark = `told ${index} of ${options.events}`;
    const arrived = Promise.all(streams.map((stream) => stream.has(mark)));
    await put(origin, `/flows/${flowId}/label`, mark);
    const answered = performance.now();
    await arrived;
    times.push(performance.now() - answered);
  }
  return times;
}

async function main(): Promise<void> {
  if (options.help) console.log(USAGE);
  else await onBenchBed(run);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
