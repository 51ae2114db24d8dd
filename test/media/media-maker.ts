import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const installed = ['ffmpeg', 'ffprobe'].every((program) => spawnSync(program, ['-version']).status === 0);

/** `describe` where ffmpeg and ffprobe are installed; elsewhere the tests are counted as skipped, with the reason. */
export const describeWithFfmpeg = (title: string, tests: () => void): void => {
  if (installed) describe(title, tests);
  else describe.skip(`${title} (skipped: ffmpeg is not installed: node scripts/install-test-programs.mjs)`, tests);
};

/** Makes small real media with ffmpeg in a folder of its own. */
export class MediaMaker {
  private constructor(readonly folder: string) {}

  static async create(): Promise<MediaMaker> {
    return new MediaMaker(await mkdtemp(join(tmpdir(), 'media-')));
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs ffmpeg in the folder with space-separated arguments, of which the last is the output's name; returns its path. */
  async make(options: string): Promise<string> {
    const parts = options.trim().split(/\s+/);
    await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...parts], { cwd: this.folder });
    return this.path(parts.at(-1) ?? '');
  }
}

/** A moving picture as an input of ffmpeg. */
export function picture(seconds: number, rate = '25', size = '320x180'): string {
  return `-f lavfi -i testsrc2=size=${size}:rate=${rate}:duration=${seconds}`;
}

/** A tone as an input of ffmpeg. */
export function tone(seconds: number, frequency = 440, rate = 48000): string {
  return `-f lavfi -i sine=frequency=${frequency}:sample_rate=${rate}:duration=${seconds}`;
}

/** One stream as ffprobe describes it. */
export type ProbedStream = Record<string, string | number | Record<string, string> | undefined>;

/** What ffprobe says of the streams of a file. */
export async function probeStreams(path: string): Promise<ProbedStream[]> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', path]);
  return (JSON.parse(stdout) as { streams: ProbedStream[] }).streams;
}

/** A decoded frame, or a block of sound: seconds, and the MD5 of what is seen or heard. */
export interface DecodedFrame {
  time: number;
  md5: string;
}

/** Files of a test do not change once they are there, and decoding takes the longest. */
const decoded = new Map<string, Promise<DecodedFrame[]>>();

/** Decodes one stream (`v:0`, `a:1`) as a player does, edit lists honoured, and hashes every frame. */
export async function decodedFrames(path: string, stream: string): Promise<DecodedFrame[]> {
  const key = `${path} ${stream}`;
  let frames = decoded.get(key);
  if (!frames) {
    frames = decode(path, stream);
    decoded.set(key, frames);
  }
  return frames;
}

async function decode(path: string, stream: string): Promise<DecodedFrame[]> {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-copyts', '-i', path, '-map', `0:${stream}`, ...KEEP_TIMES, '-f', 'framemd5', '-'],
    { maxBuffer: 64_000_000 },
  );
  const [, numerator = '1', denominator = '1'] = /#tb 0: (\d+)\/(\d+)/.exec(stdout) ?? [];
  const tick = Number(numerator) / Number(denominator);
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map(([, , pts, , , md5 = '']) => ({ time: Number(pts) * tick, md5 }));
}

const KEEP_TIMES = ['-fps_mode', 'passthrough', '-enc_time_base', '-1'];

/** Samples of one stream of sound as 16-bit numbers, interleaved. */
export async function decodedSound(path: string, stream: string): Promise<Int16Array> {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-i', path, '-map', `0:${stream}`, '-f', 's16le', '-c:a', 'pcm_s16le', '-'],
    { encoding: 'buffer', maxBuffer: 64_000_000 },
  );
  return new Int16Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.byteLength / 2));
}
