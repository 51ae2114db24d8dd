import { execFile, spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFolder } from './temporary-folder';

const run = promisify(execFile);
const PLAYER = 'gst-launch-1.0';
const TIMEOUT_MS = 60_000;
/** What these tests make GStreamer decode: a picture of 320 by 180 as I420, and stereo as 32-bit numbers. */
const BYTES_OF_A_PICTURE = 320 * 180 * 1.5;
const BYTES_OF_A_SECOND = 48_000 * 2 * 4;

/** Both generations of its HLS demuxer. */
export const gstreamerPlayers = ['playbin', 'playbin3'] as const;

/** `describe` where GStreamer can play HLS; elsewhere the tests are counted as skipped, with the reason. */
export function describeWithGstreamer(title: string, tests: () => void): void {
  const has = (element: string): boolean => spawnSync('gst-inspect-1.0', [element]).status === 0;
  if (['hlsdemux', 'hlsdemux2', 'souphttpsrc', 'tsdemux', 'avdec_h264', 'avdec_aac'].every(has)) describe(title, tests);
  else describe.skip(`${title} (skipped: GStreamer is not installed: node scripts/install-test-programs.mjs)`, tests);
}

/** Plays a URL to its end as fast as it decodes. @returns how many pictures, and how many seconds of sound it gave */
export function playWithGstreamer(
  player: (typeof gstreamerPlayers)[number],
  url: string,
): Promise<{ pictures: number; soundSeconds: number }> {
  return withFolder(async (folder) => {
    const [picture, sound] = [join(folder, 'picture'), join(folder, 'sound')];
    const sinks = [`video-sink=filesink location=${picture}`, `audio-sink=filesink location=${sound}`];
    await run(PLAYER, ['--quiet', player, `uri=${url}`, ...sinks], { timeout: TIMEOUT_MS });
    return {
      pictures: (await stat(picture)).size / BYTES_OF_A_PICTURE,
      soundSeconds: (await stat(sound)).size / BYTES_OF_A_SECOND,
    };
  });
}
