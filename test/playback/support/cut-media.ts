import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFolder } from './temporary-folder';

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** A piece of media as ffmpeg cut it. Times in seconds, from the beginning of the media. */
export interface Piece {
  readonly bytes: Buffer;
  readonly start: number;
  readonly duration: number;
}

/** Media in pieces, as an encoder uploads it. */
export interface CutMedia {
  /** MIME type of a Flow's `container`. */
  readonly container: string;
  /** Initialisation of fragmented MP4. */
  readonly init: Buffer | undefined;
  readonly pieces: readonly Piece[];
  /** Time of the first sample on the media's own clock, in seconds. */
  readonly firstTime: number;
}

/** What is made: a moving picture, a tone, or both. */
export interface MediaWish {
  readonly seconds: number;
  readonly form: 'ts' | 'fmp4';
  /** Frames a second, as ffmpeg writes it; absent for sound alone. */
  readonly rate?: string | undefined;
  /** Options of ffmpeg that code the picture; H.264 unless given. */
  readonly video?: readonly string[];
  /** Hertz; absent for a picture alone. */
  readonly tone?: number | undefined;
  /** Options of ffmpeg that code the sound; AAC unless given. */
  readonly audio?: readonly string[];
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-bf', '2'];
const AAC = ['-c:a', 'aac', '-b:a', '64k', '-ac', '2'];
/** Length of a piece, in seconds; each begins with a key frame. */
export const PIECE_SECONDS = 2;

/** Makes media with ffmpeg, cut at key frames every two seconds. */
export function cutMedia(wish: MediaWish): Promise<CutMedia> {
  return withFolder(async (directory) => {
    await run('ffmpeg', ['-v', 'error', '-nostdin', ...inputs(wish), ...coding(wish), ...cutting(wish, directory)], {
      timeout: TIMEOUT_MS,
    });
    return readCut(directory, wish);
  });
}

function inputs({ seconds, rate, tone }: MediaWish): string[] {
  return [
    ...(rate === undefined ? [] : ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${rate}:duration=${seconds}`]),
    ...(tone === undefined
      ? []
      : ['-f', 'lavfi', '-i', `sine=frequency=${tone}:sample_rate=48000:duration=${seconds}`]),
  ];
}

function coding({ rate, tone, video = H264, audio = AAC }: MediaWish): string[] {
  return [
    ...(rate === undefined ? [] : [...video, '-force_key_frames', `expr:gte(t,n_forced*${PIECE_SECONDS})`]),
    ...(tone === undefined ? [] : audio),
  ];
}

function cutting({ form }: MediaWish, directory: string): string[] {
  return [
    ...['-muxdelay', '0', '-muxpreload', '0', '-f', 'hls', '-hls_time', String(PIECE_SECONDS), '-hls_list_size', '0'],
    ...(form === 'fmp4' ? ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'] : []),
    ...['-hls_segment_filename', join(directory, '%04d'), join(directory, 'list.m3u8')],
  ];
}

async function readCut(directory: string, { form, rate }: MediaWish): Promise<CutMedia> {
  const list = await readFile(join(directory, 'list.m3u8'), 'utf8');
  let start = 0;
  const pieces: Piece[] = [];
  for (const [index, [, length]] of [...list.matchAll(/#EXTINF:([\d.]+)/g)].entries()) {
    const duration = Number(length);
    const bytes = await readFile(join(directory, String(index).padStart(4, '0')));
    pieces.push({ bytes, start, duration });
    start += duration;
  }
  const kind = rate === undefined ? 'audio' : 'video';
  const init = form === 'fmp4' ? await readFile(join(directory, 'init.mp4')) : undefined;
  const firstTime = await firstTimeOf(
    Buffer.concat([...(init ? [init] : []), ...pieces.slice(0, 1).map(({ bytes }) => bytes)]),
  );
  return { container: form === 'ts' ? 'video/mp2t' : `${kind}/mp4`, init, pieces, firstTime };
}

async function firstTimeOf(bytes: Buffer): Promise<number> {
  const probe = run('ffprobe', ['-v', 'error', '-show_entries', 'format=start_time', '-of', 'csv=p=0', '-']);
  probe.child.stdin?.end(bytes);
  return Number((await probe).stdout.trim());
}
