import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ffprobe } from './ffprobe';
import { SAMPLE_FOLDER } from './testing/media';
import { itWithFfprobe } from './testing/ffprobe';

const SEGMENT = join(SAMPLE_FOLDER, 'segment-000.ts');

describe('asking ffprobe', () => {
  it('answers nothing where it is not installed', async () => {
    await expect(ffprobe(SEGMENT, 'no-such-ffprobe')).resolves.toBeUndefined();
  });

  it('answers nothing where it may not be run', async () => {
    await expect(ffprobe(SEGMENT, tmpdir())).resolves.toBeUndefined();
  });

  itWithFfprobe('describes container, streams and times', async () => {
    await expect(ffprobe(SEGMENT)).resolves.toMatch(
      /^mpegts, h264 640x360 at 25\/1, aac 48000 Hz 2 channels, from 1\.\d+ s for 2\.\d+ s$/,
    );
  });

  itWithFfprobe('tells what it objects to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ffprobe-'));
    try {
      const path = join(folder, 'noise.ts');
      writeFileSync(
        path,
        readFileSync(SEGMENT).map((byte) => byte ^ 0x5a),
      );
      await expect(ffprobe(path)).rejects.toThrow(/ffprobe does not accept the outgested file: .*Invalid data/s);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
