import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FlowSegment } from '@tams/media';
import { TamsClient } from '../../../apps/tams-media/src/client/tams-client';
import { readOptions } from '../../bench/options';
import { ServerProcess } from '../../support/server-process';
import { endlessSegment, mediaPackets, SEGMENT_SECONDS } from './endless-media';
import { type LiveOrigin, multicastOrigin, playlistOrigin, tcpOrigin } from './live-origins';

const USAGE = `Usage: npm run test:live -- [--minutes 120] [--speed 30] [--source playlist|sliding|tcp|multicast] [--port 5004]
                                    [--listed 150]

Live ingest for long: the command \`ingest\` takes a stream that lasts so many minutes, sent so many times faster than real time,
from a playlist that grows, one that lists only the last 150 segments, a TCP port or a multicast group on this machine, into a server of its own that is killed in the
middle and started again. Then every packet of every Segment is fetched and compared with what was sent.

Two hours in four minutes, over the turn of the 33-bit clock:   npm run test:live
The same from a playlist that slides, in twelve minutes:        npm run test:live -- --source sliding --speed 10
Ten real minutes:                                               npm run test:live -- --minutes 10 --speed 1 --source tcp

Exit code: 0 everything is there once, 1 something is missing, twice or late.`;

const options = readOptions(USAGE, {
  minutes: { type: 'string', default: '120' },
  speed: { type: 'string', default: '30' },
  source: { type: 'string', default: 'playlist' },
  port: { type: 'string', default: '5004' },
  listed: { type: 'string', default: '150' },
  help: { type: 'boolean', default: false },
});

/** What a run showed. */
interface Run {
  flowId: string;
  /** When each segment was registered, in milliseconds of `performance.now()`. */
  registered: number[];
  warnings: string[];
  peakMegabytes: number;
}

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const speed = Number(options.speed);
  const count = Math.ceil((Number(options.minutes) * 60) / SEGMENT_SECONDS);
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  const origin = await originOf(options.source);
  let server = await startServer({ DATA_DIR: join(folder, 'data') });
  const ingest = startIngest(origin, server.url, folder);
  try {
    const run = watch(ingest);
    const sent = origin.send(count, speed);
    await reached(origin, count / 2);
    const killed = performance.now();
    console.log(`${origin.finished.length} of ${count} segments are sent: the server is killed`);
    await server.kill();
    const { port } = new URL(server.url);
    server = await startServer({ DATA_DIR: join(folder, 'data'), PORT: port });
    const outage = { from: killed, to: performance.now() };
    console.log(`it is back after ${((outage.to - outage.from) / 1000).toFixed(1)} s`);
    await sent;
    if (origin.option === '--live') await settled(run, count, ingest);
    const [code] = (await once(ingest, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`ingest ended with ${code}`);
    process.exitCode = (await report(await run.done, origin, { server, count, outage, speed })) ? 0 : 1;
  } finally {
    ingest.kill('SIGKILL');
    origin.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A busy machine may take long: what is measured is the ingest. */
const START_PATIENCE_MS = 300_000;

function startServer(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  return ServerProcess.start(environment, undefined, START_PATIENCE_MS);
}

function originOf(source: string): Promise<LiveOrigin> {
  if (source === 'tcp') return tcpOrigin();
  if (source === 'multicast') return multicastOrigin(Number(options.port));
  if (source === 'playlist') return playlistOrigin();
  if (source === 'sliding') return playlistOrigin(Number(options.listed));
  throw new Error(`No source is called ${source}.\n\n${USAGE}`);
}

function startIngest(origin: LiveOrigin, url: string, folder: string): ChildProcess {
  const program = [join(__dirname, '../../support/run-server.cjs'), 'apps/tams-media/src/main.ts', 'ingest'];
  return spawn(process.execPath, [...program, origin.address, origin.option, '--json', '--url', url], {
    env: { PATH: process.env['PATH'], XDG_STATE_HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Reads the command's events as they come. */
function watch(ingest: ChildProcess): { soFar: Run; done: Promise<Run> } {
  const run: Run = { flowId: '', registered: [], warnings: [], peakMegabytes: 0 };
  if (!ingest.stdout) throw new Error('the command has no output');
  const lines = createInterface({ input: ingest.stdout });
  lines.on('line', (line) => {
    const event = JSON.parse(line) as { event?: string; flow_id?: string; segments?: unknown[]; text?: string };
    if (event.event === 'warning') run.warnings.push(event.text ?? '');
    if (event.event !== 'registered') return;
    run.flowId = event.flow_id ?? '';
    run.registered.push(...(event.segments ?? []).map(() => performance.now()));
    run.peakMegabytes = peakMegabytes(ingest.pid) ?? run.peakMegabytes;
  });
  return { soFar: run, done: once(lines, 'close').then(() => run) };
}

/** The most memory a process had, where the system tells. */
function peakMegabytes(pid = 0): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1000);
  } catch {
    return undefined;
  }
}

async function reached(origin: LiveOrigin, count: number): Promise<void> {
  while (origin.finished.length < count) await pause();
}

/** A stream without an end is ended as a person does it, when all but its last segment, which nothing follows, are there. */
async function settled({ soFar }: { soFar: Run }, count: number, ingest: ChildProcess): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (soFar.registered.length < count - 1 && performance.now() < deadline) await pause();
  ingest.kill('SIGINT');
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}

interface Circumstances {
  server: ServerProcess;
  count: number;
  outage: { from: number; to: number };
  speed: number;
}

/** Says what was seen. @returns whether all of it is as it should be */
async function report(run: Run, origin: LiveOrigin, { server, count, outage, speed }: Circumstances): Promise<boolean> {
  const client = new TamsClient({ url: server.url });
  const segments: FlowSegment[] = [];
  for await (const page of client.segmentPages(run.flowId, { limit: '300' })) segments.push(...page);
  const joints = segments
    .slice(1)
    .filter(({ timerange }, index) => !meets(segments[index]?.timerange ?? '', timerange));
  const [different, missing] =
    options.source === 'sliding'
      ? await comparedOneByOne(segments, count, run.warnings)
      : [await firstDifference(segments, count), count - segments.length];
  const status = (await client.flow(run.flowId))?.status;
  const late = run.registered.map((time, index) => ({
    at: time,
    by: (time - (origin.finished[index] ?? time)) / 1000,
  }));
  // The last segment of a stream ends when nothing follows it, which only the end of the command tells.
  const undisturbed = late.slice(0, -1).filter(({ at }) => at < outage.from || at > outage.to + 30_000);
  const sorted = undisturbed.map(({ by }) => by).sort((a, b) => a - b);
  const worst = sorted.at(-1) ?? Number.NaN;
  console.log(
    `Segments      ${segments.length} of ${count}, ${joints.length} joints are not tight; the Flow says ${status ?? '?'}`,
  );
  console.log(`Media         ${different ?? 'every packet as it was sent, in order, once'}`);
  console.log(
    `Registered    ${seconds(sorted[Math.floor(sorted.length / 2)])} after a segment's last packet (median), ${seconds(worst)} (worst); ${seconds(Math.max(...late.map(({ by }) => by)))} with the restart`,
  );
  console.log(`Memory        ${run.peakMegabytes} MB at most in the command`);
  console.log(
    `Warnings      ${run.warnings.length}${run.warnings.length > 0 ? `: ${run.warnings.slice(0, 5).join('; ')}` : ''}`,
  );
  const inTime = speed > 1 || worst <= SEGMENT_SECONDS;
  return missing === 0 && different === undefined && inTime && (segments.length < count || joints.length === 0);
}

/**
 * What a playlist took out before it could be read is missing, and must be told; every Segment there is must be what was sent.
 * @returns where they differ, and how many are missing that nobody was told of
 */
async function comparedOneByOne(
  segments: readonly FlowSegment[],
  count: number,
  warnings: readonly string[],
): Promise<[different: string | undefined, missing: number]> {
  const wentBy = (text: string): number => Number(/: (\d+) segments went by/.exec(text)?.[1] ?? 0);
  const leftOut = warnings.filter((text) => /^Segment \d+ is left out/.test(text)).length;
  const told = leftOut + warnings.reduce((sum, text) => sum + wentBy(text), 0);
  let [index, first]: [number, number | undefined] = [0, undefined];
  for (const segment of segments) {
    const bytes = await bytesOf(segment);
    while (index < count && !bytes.equals(endlessSegment(index))) index += 1;
    if (index === count) return [`Segment ${segment.timerange} is none of those that were sent, or twice there`, 0];
    first ??= index;
    index += 1;
  }
  // What was out before the command began is no loss.
  const missing = count - (first ?? 0) - segments.length - told;
  console.log(`Missing       ${told} were told to be gone, ${missing} nobody was told of`);
  return [undefined, missing];
}

async function bytesOf(segment: FlowSegment): Promise<Buffer> {
  const response = await fetch(segment.get_urls?.[0]?.url ?? '');
  return Buffer.from(await response.arrayBuffer());
}

function seconds(value = Number.NaN): string {
  return `${value.toFixed(2)} s`;
}

function meets(earlier: string, later: string): boolean {
  return earlier.slice(1, -1).split('_')[1] === later.slice(1, -1).split('_')[0];
}

/** Compares every packet of media with what was sent. @returns where they differ */
async function firstDifference(segments: readonly FlowSegment[], count: number): Promise<string | undefined> {
  const sent = packetsSent(count);
  let at = 0;
  for (const segment of segments) {
    for (const packet of mediaPackets(await bytesOf(segment))) {
      const expected = sent.next().value;
      if (!expected?.equals(packet)) return `packet ${at} is another (Segment ${segment.timerange})`;
      at += 1;
    }
  }
  return sent.next().done ? undefined : `the end is missing after ${at} packets`;
}

function* packetsSent(count: number): Generator<Buffer, undefined> {
  for (let index = 0; index < count; index += 1) yield* mediaPackets(endlessSegment(index));
  return undefined;
}

void main();
