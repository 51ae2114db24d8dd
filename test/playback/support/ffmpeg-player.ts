import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

/** What ffprobe says of a URL. */
export interface Probe {
  /** Seconds. */
  readonly duration: number;
  readonly streams: readonly { readonly kind: 'video' | 'audio'; readonly codec: string; readonly language?: string }[];
}

interface ProbeOutput {
  readonly format: { readonly duration: string };
  readonly streams: readonly {
    readonly codec_type: 'video' | 'audio';
    readonly codec_name: string;
    readonly tags?: { readonly language?: string };
  }[];
}

/** Asks ffprobe. @throws {Error} also when it complains of something it can read */
export async function probe(url: string): Promise<Probe> {
  const shown = 'format=duration:stream=codec_type,codec_name:stream_tags=language';
  const { stdout, stderr } = await run('ffprobe', ['-v', 'error', '-show_entries', shown, '-of', 'json', url], {
    timeout: TIMEOUT_MS,
  });
  if (stderr !== '') throw new Error(`ffprobe: ${stderr}`);
  const { format, streams } = JSON.parse(stdout) as ProbeOutput;
  return {
    duration: Number(format.duration),
    streams: streams.map(({ codec_type: kind, codec_name: codec, tags }) => ({
      kind,
      codec,
      ...(tags?.language !== undefined && { language: tags.language }),
    })),
  };
}

/** Decodes all with ffmpeg. @returns how many pictures there were, and what it complained of */
export async function decode(url: string): Promise<{ pictures: number; complaints: string }> {
  const { stdout, stderr } = await run(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-i', url, '-map', '0:v:0', '-f', 'framecrc', '-'],
    { timeout: TIMEOUT_MS },
  );
  return { pictures: stdout.split('\n').filter((line) => /^\d/.test(line)).length, complaints: stderr };
}
