import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type BenchBed, onBenchBed } from './bench-bed';
import { BenchStore, type PostedSegment, segmentsAt } from './bench-store';
import { fillStore } from './fill-store';
import { type MeasuredServer, startTamsServer } from './processes';
import { number } from './report';
import { readOptions } from './options';

const USAGE = `npm run bench:deletion -- [options]
  --segments N    segments of the Flow that is deleted (default 1,000,000)
Deletes one long Flow while another is read and written one request after the other. Says how long requests take before
and during the deletion, how much memory the server uses, and how fast the segments go.`;

const options = readOptions(USAGE, {
  segments: { type: 'string', default: '1000000' },
  help: { type: 'boolean', default: false },
});

/** How long requests are timed without a deletion, for comparison. */
const BEFORE_MS = 5_000;
const PAGE = 30;
/** Pause between two requests of the client that is watched, so that the server is not busy with it alone. */
const PAUSE_MS = 5;

/** Reads a page of a Flow, adds a segment to it, and so on. */
class Neighbour {
  private readonly reads: number[] = [];
  private readonly writes: number[] = [];
  private next = 0;

  constructor(
    private readonly origin: string,
    private readonly flowId: string,
    /** What it registers, one after the other. */
    private readonly segments: readonly PostedSegment[],
  ) {}

  /** Goes on for as long as the condition holds. @returns what the requests took, in ms */
  async during(condition: () => boolean): Promise<string> {
    this.reads.length = 0;
    this.writes.length = 0;
    for (; condition() && this.next < this.segments.length; this.next += 1) {
      this.writes.push(await this.timed('POST', this.segments[this.next], 201));
      this.reads.push(await this.timed('GET', undefined, 200));
      await delay(PAUSE_MS);
    }
    return `page of ${PAGE}: ${figures(this.reads)}; register one segment: ${figures(this.writes)}`;
  }

  private async timed(method: string, body: object | undefined, expected: number): Promise<number> {
    const started = performance.now();
    const answer = await fetch(`${this.origin}/flows/${this.flowId}/segments?limit=${PAGE}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    await answer.arrayBuffer();
    if (answer.status !== expected) throw new Error(`${method} answered ${answer.status}.`);
    return performance.now() - started;
  }
}

function figures(milliseconds: readonly number[]): string {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} ms (${sorted.length})`;
}

async function prepare({ directory, postgres, stops }: BenchBed) {
  const databaseUrl = postgres.connectionUrl;
  const server = await startTamsServer({ databaseUrl, directory });
  stops.push(() => server.stop());
  const store = await BenchStore.connect(server.origin, databaseUrl);
  stops.push(() => store.close());
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const segments = Number(options.segments);
  const doomed = await fillStore(database, { segments, flows: 1, newsFlows: 0, storageId: store.storageId });
  await database.end();
  return { server, store, doomed };
}

/** Deletes the Flow and waits until its request is done. */
async function deleteFlow(server: MeasuredServer, flowId: string): Promise<{ answered: number; done: number }> {
  const started = performance.now();
  const answer = await fetch(`${server.origin}/flows/${flowId}`, { method: 'DELETE' });
  const location = answer.headers.get('location');
  if (answer.status !== 202 || location === null) throw new Error(`DELETE answered ${answer.status}.`);
  const answered = performance.now() - started;
  for (let status = 'created'; status !== 'done';) {
    await delay(200);
    ({ status } = (await (await fetch(location)).json()) as { status: string });
    if (status === 'error') throw new Error('The deletion failed.');
  }
  return { answered, done: performance.now() - started };
}

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  await onBenchBed(run);
}

async function run(bed: BenchBed): Promise<void> {
  const { server, store, doomed } = await prepare(bed);
  const [own = { id: '', nextSecond: 0 }] = await store.createFlows(1);
  const segments = segmentsAt(own, await store.allocate(own.id, 50_000));
  const neighbour = new Neighbour(server.origin, own.id, segments);
  const until = performance.now() + BEFORE_MS;
  console.log(`before:  ${await neighbour.during(() => performance.now() < until)}`);
  server.forgetPeakMemory();
  const before = server.peakMegabytes;
  let over = false;
  const deletion = deleteFlow(server, doomed).finally(() => (over = true));
  console.log(`during:  ${await neighbour.during(() => !over)}`);
  const { answered, done } = await deletion;
  const rate = Number(options.segments) / (done / 1000);
  console.log(`deleted: ${number(Number(options.segments))} segments in ${(done / 1000).toFixed(1)} s`);
  console.log(`         ${number(rate)} a second; 202 after ${answered.toFixed(0)} ms`);
  console.log(`memory:  ${before.toFixed(0)} MB before, at most ${server.peakMegabytes.toFixed(0)} MB during`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
