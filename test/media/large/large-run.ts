import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../../bench/options';
import { largeMovie, largeSound, largeStream, type LargeMedia } from './large-media';
import { SinkServer } from './sink-server';

const USAGE = `Usage: npm run test:large -- [--gigabytes 50] [--kind mp4|wav|ts] [--most 700]

How much memory \`ingest\` takes for media of so many gigabytes: an MP4 or a WAV with holes, which takes hardly any room on the
disk, or an MPEG-TS from a URL, whose bytes are made as they are asked for. The server is one that throws media away.

Exit code: 0 everything was sent, with at most so many megabytes (--most), 1 otherwise.`;

const options = readOptions(USAGE, {
  gigabytes: { type: 'string', default: '50' },
  kind: { type: 'string', default: 'mp4' },
  most: { type: 'string', default: '700' },
  help: { type: 'boolean', default: false },
});

async function main(): Promise<void> {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'large-'));
  const sink = await new SinkServer().start();
  let media: LargeMedia | undefined;
  let ingest: ChildProcess | undefined;
  try {
    media = await makeMedia(folder, Number(options.gigabytes) * 1e9);
    console.log(`${gigabytes(media.bytes)} of ${options.kind} are ready`);
    const began = performance.now();
    ingest = startIngest(media.address, sink.url, folder);
    const ended = once(ingest, 'exit') as Promise<[number | null]>;
    const watching = watch(ingest, sink, media.bytes, began);
    const [code] = await ended;
    const peak = watching();
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `Sent      ${gigabytes(sink.bytes)} in ${sink.segments} Segments, ${seconds.toFixed(0)} s (${(sink.bytes / 1e6 / seconds).toFixed(0)} MB/s)`,
    );
    console.log(`Memory    ${peak} MB at most`);
    // Packing anew takes what is around the media away; pictures and sound stay.
    const isWhole = code === 0 && sink.bytes > 0.9 * media.bytes;
    process.exitCode = isWhole && peak <= Number(options.most) ? 0 : 1;
  } finally {
    ingest?.kill('SIGKILL');
    media?.stop();
    sink.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeMedia(folder: string, bytes: number): Promise<LargeMedia> {
  if (options.kind === 'mp4') return largeMovie(folder, bytes);
  if (options.kind === 'wav') return largeSound(folder, bytes);
  if (options.kind === 'ts') return largeStream(folder, bytes);
  throw new Error(`No kind is called ${options.kind}.\n\n${USAGE}`);
}

function startIngest(address: string, url: string, folder: string): ChildProcess {
  const program = [join(__dirname, '../../support/run-server.cjs'), 'apps/tams-media/src/main.ts', 'ingest'];
  return spawn(process.execPath, [...program, address, '--json', '--url', url], {
    env: { PATH: process.env['PATH'], XDG_STATE_HOME: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Prints what the process has at every tenth of the media. @returns what ends that and gives the most megabytes */
function watch(ingest: ChildProcess, sink: SinkServer, bytes: number, began: number): () => number {
  let [tenth, peak] = [0, 0];
  const look = (): void => {
    const [now, most] = memoryOf(ingest.pid);
    peak = Math.max(peak, most);
    if (now === 0 || sink.bytes < (tenth / 10) * bytes) return;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(
      `${seconds.padStart(5)} s  ${gigabytes(sink.bytes)} sent, ${now} MB in memory, ${most} MB at most so far`,
    );
    tenth += 1;
  };
  const timer = setInterval(look, 250);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** Megabytes that a process has and has had at most; zeros when it is over. */
function memoryOf(pid = 0): [now: number, most: number] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = (name: string): number =>
      Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1000);
    return [megabytes('VmRSS'), megabytes('VmHWM')];
  } catch {
    return [0, 0];
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

void main();
