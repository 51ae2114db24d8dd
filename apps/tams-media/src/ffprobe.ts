import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure, reasonOf } from '@tams/media';

const FIELDS =
  'format=format_name,start_time,duration:stream=codec_name,width,height,avg_frame_rate,sample_rate,channels';
const TIMEOUT_MS = 30_000;

interface Probed {
  format: { format_name: string; start_time: string; duration: string };
  streams: Record<string, string | number | undefined>[];
}

/**
 * What a media player's own reader says of a file, in one line; undefined where that program is not installed.
 * @param program the name or path of ffprobe
 * @throws Failure where it objects to the file
 */
export async function ffprobe(path: string, program = 'ffprobe'): Promise<string | undefined> {
  try {
    const options = ['-v', 'error', '-show_entries', FIELDS, '-of', 'json', path];
    const { stdout } = await promisify(execFile)(program, options, { timeout: TIMEOUT_MS });
    return described(JSON.parse(stdout) as Probed);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Failure(`ffprobe does not accept the outgested file: ${objectionOf(error)}`, { cause: error });
  }
}

function described({ format, streams }: Probed): string {
  const each = streams.map((stream) =>
    stream['width'] === undefined
      ? `${String(stream['codec_name'])} ${String(stream['sample_rate'])} Hz ${String(stream['channels'])} channels`
      : `${String(stream['codec_name'])} ${String(stream['width'])}x${String(stream['height'])} at ${String(stream['avg_frame_rate'])}`,
  );
  return `${format.format_name}, ${each.join(', ')}, from ${format.start_time} s for ${format.duration} s`;
}

/** Not found on the path; a folder of the path that we may not search makes that EACCES. */
function isMissing(error: unknown): boolean {
  return Error.isError(error) && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}

function objectionOf(error: unknown): string {
  const stderr = Error.isError(error) && 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr === '' ? reasonOf(error) : stderr;
}
