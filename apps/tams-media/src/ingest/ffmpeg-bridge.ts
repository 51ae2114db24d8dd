import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Failure, reasonOf } from '@tams/media';

const run = promisify(execFile);
const PROBE_TIMEOUT_MS = 60_000;

/** How a file that is not read here is made readable. */
export interface BridgeOptions {
  /** Seconds between key frames of a picture that is encoded anew. */
  target: number;
  signal: AbortSignal | undefined;
  warn: (text: string) => void;
}

/** A stream as ffprobe describes it. */
interface ProbedStream {
  index: number;
  codec_type?: string;
  codec_name?: string;
  field_order?: string;
  r_frame_rate?: string;
  has_b_frames?: number;
  disposition?: { attached_pic?: number };
}

/** What is read here and fits into a MOV as it is. */
const COPIED = /^(h264|hevc|prores|aac|ac3|eac3|mp3|pcm_.*)$/;
/** Bits of sound are kept by the first, of a picture most by the second: its quality is what archives call visually lossless. */
const SOUND_IN_NUMBERS = ['pcm_s24le'];
const PICTURE = ['libx264', '-crf', '18'];

/**
 * Has ffmpeg write a file anew that is not read here, such as MXF or MPEG-2 video: what can be copied is copied, the rest is
 * encoded, which is said.
 * @param output path of the MOV to write
 * @returns false where ffmpeg is not installed, or does not know the file either
 * @throws Failure where ffmpeg begins and does not come to an end
 */
export async function bridge(name: string, path: string, output: string, options: BridgeOptions): Promise<boolean> {
  const streams = await probed(path, options.signal);
  if (streams.length === 0) return false;
  const encoded: ProbedStream[] = [];
  const untimed = new Set<ProbedStream>();
  for (const stream of streams) {
    if (await lacksOrder(path, stream, options.signal)) untimed.add(stream);
    if (untimed.has(stream) || !COPIED.test(stream.codec_name ?? '')) encoded.push(stream);
  }
  const codings = encoded.map(({ codec_name, codec_type }) => `${codec_name ?? '?'} ${codec_type ?? ''}`).join(', ');
  options.warn(
    encoded.length === 0
      ? `${name} is not read here: ffmpeg puts it into a MOV first, as it is`
      : `${name} is not read here: ffmpeg encodes it anew first (${codings}), picture as H.264, sound in numbers; --no-ffmpeg refuses it`,
  );
  try {
    const settings = streams.flatMap((stream, place) => {
      if (!encoded.includes(stream)) return [...mapOf(stream, place), 'copy'];
      return encodingOf(stream, place, { target: options.target, isUntimed: untimed.has(stream) });
    });
    const said = await ffmpeg(['-copyts', '-i', path, ...settings, '-f', 'mov', output], options.signal);
    // It ends well too where the media is damaged or cut short, and leaves out what it cannot read.
    if (said !== '') options.warn(`${name}: ffmpeg could not read all of it: ${said}`);
    const [declared, written] = [await secondsOf(path, options.signal), await secondsOf(output, options.signal)];
    if (declared - written > Math.max(1, declared * MISSING_SHARE))
      options.warn(
        `${name}: it says that it lasts ${declared.toFixed(1)} s, and ffmpeg found ${written.toFixed(1)} s of it`,
      );
    return true;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new Failure(`${name} is not read here, and ffmpeg cannot make it readable: ${reasonOf(error)}`, {
      next: 'Convert it yourself, for example to .mov with H.264, and ingest that.',
      cause: error,
    });
  }
}

/** What containers say of their duration is not exact, and of some it is estimated. */
const MISSING_SHARE = 0.05;

/** Seconds a container says it lasts; NaN where it does not say. */
async function secondsOf(path: string, signal: AbortSignal | undefined): Promise<number> {
  return Number.parseFloat(await ffprobe(path, ['-show_entries', 'format=duration', '-of', 'csv=p=0'], signal));
}

/** Characters kept of what ffmpeg says. */
const KEPT_WORDS = 500;

/** Runs ffmpeg to its end. @returns the end of what it complained about @throws Error with the same */
async function ffmpeg(options: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal ? { signal } : {}),
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_WORDS);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(said.trim() || `it ended with ${code ?? 'a signal'}`);
  return said.trim();
}

/** What ffprobe says of a file. */
async function ffprobe(path: string, options: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  const { stdout } = await run('ffprobe', ['-v', 'error', ...options, path], {
    timeout: PROBE_TIMEOUT_MS,
    ...(signal ? { signal } : {}),
  });
  return stdout;
}

/** Pictures and sounds, without cover art; none where ffprobe is missing or does not know the file. */
async function probed(path: string, signal: AbortSignal | undefined): Promise<ProbedStream[]> {
  try {
    const { streams = [] } = JSON.parse(await ffprobe(path, ['-show_streams', '-of', 'json'], signal)) as {
      streams?: ProbedStream[];
    };
    return streams.filter(
      ({ codec_type, codec_name, disposition }) =>
        (codec_type === 'video' || codec_type === 'audio') &&
        codec_name !== undefined &&
        disposition?.attached_pic !== 1,
    );
  } catch {
    signal?.throwIfAborted();
    return [];
  }
}

const PICTURES_LOOKED_AT = 60;

/**
 * Whether pictures are reordered and their times do not say how, as in AVI and some MXF: they are those of decoding, and a copy
 * would be shown in that order.
 */
async function lacksOrder(path: string, stream: ProbedStream, signal: AbortSignal | undefined): Promise<boolean> {
  if (stream.codec_type !== 'video' || (stream.has_b_frames ?? 0) === 0) return false;
  const packets = ['-select_streams', `${stream.index}`, '-read_intervals', `%+#${PICTURES_LOOKED_AT}`];
  const shown = await ffprobe(path, [...packets, '-show_entries', 'packet=pts', '-of', 'csv=p=0'], signal);
  const times = shown
    .split('\n')
    .filter((line) => line !== '')
    .map(Number.parseFloat);
  return times.every((time, index) => index === 0 || !(time < (times[index - 1] ?? time)));
}

function mapOf({ index }: ProbedStream, place: number): string[] {
  return ['-map', `0:${index}`, `-c:${place}`];
}

/**
 * Options of ffmpeg for a stream that is encoded.
 * @param place zero-based among the streams that are written
 * @param how seconds between key frames, and whether its pictures are timed by counting them
 */
function encodingOf(stream: ProbedStream, place: number, how: { target: number; isUntimed: boolean }): string[] {
  if (stream.codec_type === 'audio') return [...mapOf(stream, place), ...SOUND_IN_NUMBERS];
  const { field_order = '', r_frame_rate = '' } = stream;
  const [numerator = 25, denominator = 1] = r_frame_rate.split('/').map(Number);
  const group = Math.max(1, Math.round((numerator / denominator) * how.target)) || 50;
  const isInterlaced = /^[tb][tb]$/.test(field_order);
  return [
    ...mapOf(stream, place),
    ...PICTURE,
    `-g:${place}`,
    `${group}`,
    ...(isInterlaced ? [`-flags:${place}`, '+ildct+ilme'] : []),
    ...(how.isUntimed ? [`-filter:${place}`, `setpts=N/(${r_frame_rate})/TB`] : []),
  ];
}
