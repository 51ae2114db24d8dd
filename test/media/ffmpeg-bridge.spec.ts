import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodedFrames, decodedSound, describeWithFfmpeg, MediaMaker, picture, tone } from './media-maker';
import { MediaStore } from './media-store';

const run = promisify(execFile);
const H264 = '-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25';
const MPEG2 = '-c:v mpeg2video -q:v 2 -g 12 -bf 2';

/** What is not read here, and what ffmpeg makes of it. */
const MEDIA: readonly {
  title: string;
  make: string;
  picture: 'copied' | 'encoded' | 'none';
  sounds: number;
  says: string;
}[] = [
  {
    title: 'MXF with H.264 and two sounds',
    make: `${picture(3)} ${tone(3)} ${tone(3, 660)} -map 0 -map 1 -map 2 ${H264} -bf 0 -c:a pcm_s16le camera.mxf`,
    picture: 'copied',
    sounds: 2,
    says: 'as it is',
  },
  {
    title: 'MXF with reordered pictures whose times do not tell their order',
    make: `${picture(3)} ${tone(3)} ${H264} -bf 2 -c:a pcm_s16le reordered.mxf`,
    picture: 'encoded',
    sounds: 1,
    says: 'h264 video',
  },
  {
    title: 'MXF with MPEG-2 video, 50 fields a second',
    make: `${picture(3)} ${tone(3)} ${MPEG2} -flags +ildct+ilme -c:a pcm_s24le xdcam.mxf`,
    picture: 'encoded',
    sounds: 1,
    says: 'mpeg2video video',
  },
  {
    title: 'MPEG-TS with MPEG-2 video and MP2 sound',
    make: `${picture(3, '30000/1001')} ${tone(3)} ${MPEG2} -c:a mp2 dvb.ts`,
    picture: 'encoded',
    sounds: 1,
    says: 'mpeg2video video, mp2 audio',
  },
  {
    title: 'MPEG-TS whose sound alone is read',
    make: `${picture(3)} ${tone(3)} ${MPEG2} -c:a ac3 atsc.ts`,
    picture: 'encoded',
    sounds: 1,
    says: 'mpeg2video video',
  },
  {
    title: 'AVI',
    make: `${picture(3)} ${tone(3)} ${H264} -bf 0 -c:a pcm_s16le old.avi`,
    picture: 'copied',
    sounds: 1,
    says: 'as it is',
  },
  { title: 'ALAC', make: `${tone(3)} -c:a alac lossless.m4a`, picture: 'none', sounds: 1, says: 'alac audio' },
];

describeWithFfmpeg('media that is not read here', () => {
  let store: MediaStore;
  let media: MediaMaker;
  beforeAll(async () => {
    store = await MediaStore.start();
    media = await MediaMaker.create();
  });
  afterAll(async () => {
    await store.stop();
    await media.dispose();
  });

  it.each(MEDIA)('comes in through ffmpeg: $title', async ({ make, picture: kind, sounds, says }) => {
    const original = await media.make(make);
    const warnings: string[] = [];
    const warn = (text: string): void => {
      warnings.push(text);
    };
    const { flow_id, flows } = await store.ingest(original, { ffmpeg: true }, { warn });
    expect(warnings).toEqual([expect.stringContaining(says)]);
    const path = media.path(`${original.split('/').at(-1) ?? ''}.mkv`);
    await store.write(flow_id, path, 'mkv');
    expect(flows.filter(({ format }) => format.endsWith(':audio'))).toHaveLength(sounds);
    for (let sound = 0; sound < sounds; sound += 1) {
      const [found, expected] = [await decodedSound(path, `a:${sound}`), await decodedSound(original, `a:${sound}`)];
      expect(Math.abs(found.length - expected.length)).toBeLessThanOrEqual(2 * 1536);
    }
    if (kind === 'none') return;
    const [found, expected] = [await decodedFrames(path, 'v:0'), await decodedFrames(original, 'v:0')];
    expect(found).toHaveLength(expected.length);
    // Where the original's own times are those of decoding, its rate tells the others.
    const times = expected.map(({ time }, index) =>
      says === 'h264 video' ? index / 25 : time - (expected[0]?.time ?? 0),
    );
    const off = found.map(({ time }, index) => Math.abs(time - (found[0]?.time ?? 0) - (times[index] ?? 0)));
    expect(Math.max(...off)).toBeLessThanOrEqual(0.0011);
    if (kind === 'copied') expect(found.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5));
  });

  it('is not taken for whole where it is cut short', async () => {
    const whole = await readFile(await media.make(`${picture(3)} ${MPEG2} whole.mxf`));
    await writeFile(media.path('cut.mxf'), whole.subarray(0, whole.length * 0.6));
    const warnings: string[] = [];
    await store.ingest(media.path('cut.mxf'), { ffmpeg: true }, { warn: (text) => warnings.push(text) });
    expect(warnings).toContainEqual(
      expect.stringMatching(/cut\.mxf: it says that it lasts 3\.0 s, and ffmpeg found 1\.\d s/),
    );
  });

  it('is refused where there is no ffmpeg, with the command that helps', async () => {
    const original = await media.make(`${picture(1)} ${MPEG2} alone.mxf`);
    const program = [join(__dirname, '../support/run-server.cjs'), 'apps/tams-media/src/main.ts', 'ingest', original];
    const outcome = await run(process.execPath, [...program, '--json', '--url', store.tams.url], {
      env: { PATH: media.folder, XDG_STATE_HOME: media.folder },
    }).catch((error: unknown) => error as { stdout: string });
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      ok: false,
      error: {
        message: expect.stringContaining('is not media that can be read here') as string,
        next: expect.stringContaining('ffmpeg -i') as string,
      },
    });
  });

  it('is left out with a warning where it is one of several tracks, and ffmpeg may not help', async () => {
    const warnings: string[] = [];
    const original = await media.make(`${picture(2)} ${tone(2)} ${MPEG2} -c:a ac3 sound-only.ts`);
    const { flows } = await store.ingest(original, {}, { warn: (text) => warnings.push(text) });
    expect(flows.map(({ format }) => format)).toEqual(['urn:x-nmos:format:audio']);
    expect(warnings).toEqual([expect.stringContaining('PID 256 has a coding that is not read')]);
  });
});
