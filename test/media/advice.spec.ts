import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { advice, pipeExample } from '@tams/media';
import { decodedFrames, describeWithFfmpeg, MediaMaker, picture, probeStreams, tone } from './media-maker';
import { MediaStore } from './media-store';

const run = promisify(execFile);
const H264 = '-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25';
const SECONDS = 4;
/** A picture and two sounds, as cameras and broadcasters have them: commands that name no streams drop the second. */
const whole = `${picture(SECONDS)} ${tone(SECONDS)} ${tone(SECONDS, 660)} -map 0 -map 1 -map 2`;

const KEY = '00112233445566778899aabbccddeeff';

/** What each advice is given, and for what. */
interface Case {
  /** Makes the media in the folder. @returns its name */
  readonly make: (media: MediaMaker) => Promise<string>;
  /** What is ingested and refused, if not that file itself. */
  readonly ingested?: string;
  /** Part of the message of the refusal; absent where the media that is refused would have more than a gigabyte. */
  readonly refusal?: string;
  /** Whether everything is there, or only what could be read. */
  readonly keeps: 'everything' | 'what was read';
}

const cases: Readonly<Record<Exclude<keyof typeof advice, 'clearMedia' | 'decodeSound' | 'decrypt' | 'rewrap'>, Case>> =
  {
    convert: {
      make: async (media) => {
        await media.make(`${whole} ${H264} -c:a pcm_s16le camera.mxf`);
        return 'camera.mxf';
      },
      refusal: 'is not media that can be read here',
      keeps: 'everything',
    },
    save: {
      make: async (media) => {
        const file = await media.make(`${whole} ${H264} -c:a aac -movflags +faststart first.mp4`);
        return shortened(media, file, 'short.mp4', 0.6);
      },
      refusal: 'is damaged or cut short',
      keeps: 'what was read',
    },
    saveTransportStream: {
      make: async (media) => {
        const file = await media.make(`${whole} ${H264} -c:a aac whole.ts`);
        const name = await shortened(media, file, 'short.ts', 0.7);
        await writeFile(media.path('short.m3u8'), `#EXTM3U\n#EXTINF:4,\n${name}\n#EXT-X-ENDLIST\n`);
        return name;
      },
      ingested: 'short.m3u8',
      refusal: 'ends in the middle of a packet',
      keeps: 'what was read',
    },
    encodePicture: {
      make: async (media) => {
        await media.make(`${picture(SECONDS)} -c:v mpeg2video old.ts`);
        return 'old.ts';
      },
      refusal: 'holds neither picture nor sound that can be read',
      keeps: 'everything',
    },
    addKeyFrames: {
      make: async (media) => {
        await media.make(`${whole} ${H264.replace('-g 25', '-g 9999')} -c:a aac long.mp4`);
        return 'long.mp4';
      },
      keeps: 'everything',
    },
    decryptFile: {
      make: async (media) => {
        await media.make(
          `${whole} ${H264} -c:a aac -encryption_scheme cenc-aes-ctr -encryption_key ${KEY} -encryption_kid ${KEY} locked.mp4`,
        );
        // What decrypts samples is not in the index where a packager made the file, but the samples are the same.
        const bytes = (await readFile(media.path('locked.mp4'))).toString('latin1').replaceAll('senc', 'free');
        await writeFile(media.path('packaged.mp4'), bytes, 'latin1');
        return 'locked.mp4';
      },
      ingested: 'packaged.mp4',
      refusal: 'is encrypted (Common Encryption)',
      keeps: 'everything',
    },
  };

/** Pictures that were encoded anew are as like the original as this; pictures in another order are below 20. */
const ALIKE_DECIBEL = 30;

/** How like the pictures of a file are to the source of all, picture by picture: the least of their peak signal-to-noise ratios. */
async function likeness(file: string): Promise<number> {
  const { stderr } = await run('ffmpeg', [
    ...['-nostdin', '-i', file, ...picture(SECONDS).split(' ')],
    ...['-lavfi', '[0:v:0][1:v]psnr', '-f', 'null', '-'],
  ]);
  return Number(/PSNR .* min:([\d.]+)/.exec(stderr)?.[1]);
}

async function shortened(media: MediaMaker, file: string, name: string, share: number): Promise<string> {
  const bytes = await readFile(file);
  // Not at the end of a packet of a transport stream.
  await writeFile(media.path(name), bytes.subarray(0, Math.floor((bytes.length * share) / 188) * 188 + 100));
  return name;
}

describeWithFfmpeg('what failures advise', () => {
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

  /** Runs the command of an advice as a person would. @returns the path of the new file */
  function follow(text: string, file: string, name: string): Promise<string> {
    const [, command = ''] = /ffmpeg (.*)$/.exec(text) ?? [];
    return media.make(command.replace('<file>', file).replace('<new file>', name).replace('<key>', KEY));
  }

  it.each(Object.entries(cases))('helps: %s', async (name, { make, ingested, refusal, keeps }) => {
    const file = await make(media);
    const text = advice[name as keyof typeof cases];
    if (refusal !== undefined) {
      await expect(store.ingest(media.path(ingested ?? file))).rejects.toMatchObject({
        message: expect.stringContaining(refusal) as string,
        next: text,
      });
    }
    const saved = await follow(text, file, `saved-${name}`);
    const kinds = (await probeStreams(saved)).map(({ codec_type }) => codec_type);
    expect(kinds).toEqual(name === 'encodePicture' ? ['video'] : ['video', 'audio', 'audio']);
    const frames = await decodedFrames(saved, 'v:0');
    expect(frames.length).toBeGreaterThan(keeps === 'everything' ? 0 : 25);
    if (keeps === 'everything') {
      expect(frames).toHaveLength(SECONDS * 25);
      expect(await likeness(saved)).toBeGreaterThan(ALIKE_DECIBEL);
    }
    const { flows } = await store.ingest(saved);
    expect(flows).toHaveLength(kinds.length);
  });

  it('says when nothing can be saved: an MP4 that ends before its index', async () => {
    const file = await media.make(`${whole} ${H264} -c:a aac last.mp4`);
    const path = media.path(await shortened(media, file, 'headless.mp4', 0.6));
    await expect(store.ingest(path)).rejects.toMatchObject({
      message: expect.stringContaining('no index of its media') as string,
      next: expect.not.stringContaining('ffmpeg') as string,
    });
    await expect(follow(advice.save, 'headless.mp4', 'nothing')).rejects.toThrow('moov atom not found');
  });

  it('warns where the end may be missing and nothing tells for sure', async () => {
    const warnings: string[] = [];
    const warn = (text: string): void => {
      warnings.push(text);
    };
    for (const name of ['cut.ts', 'cut.mkv', 'cut.wav']) {
      const file = await media.make(
        `${name === 'cut.wav' ? tone(SECONDS) : `${whole} ${H264} -c:a aac`} whole-${name}`,
      );
      await store.ingest(file, {}, { warn });
      expect(warnings).toEqual([]);
      await store.ingest(media.path(await shortened(media, file, name, 0.3)), {}, { warn });
      expect(warnings.splice(0)).toEqual([expect.stringContaining('its end may be missing')]);
    }
  });

  it('decodes sound that no WAV holds', async () => {
    const { flows } = await store.ingest(await media.make(`${tone(2)} -c:a aac sound.m4a`));
    const flow = flows.find(({ format }) => format.endsWith('audio')) ?? flows[0];
    await expect(store.write(flow?.id ?? '', media.path('sound.wav'), 'wav')).rejects.toMatchObject({
      next: advice.decodeSound,
    });
    await store.write(flow?.id ?? '', media.path('sound.mp4'), 'mp4');
    const [stream] = await probeStreams(await follow(advice.decodeSound, 'sound.mp4', 'decoded'));
    expect(stream?.['codec_name']).toBe('pcm_s16le');
  });

  it('pipes what is not read here, as the help shows', async () => {
    await media.make(`${whole} ${H264} -c:a pcm_s16le camera.mxf`);
    const program = `node ${join(__dirname, '../support/run-server.cjs')} apps/tams-media/src/main.ts ingest`;
    const command = pipeExample.replace('npm run ingest --', program);
    const { stdout } = await run('bash', ['-o', 'pipefail', '-c', `${command} --json --url ${store.tams.url}`], {
      cwd: media.folder,
      env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}` },
    });
    const { flows } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { flows: unknown[] };
    expect(flows).toHaveLength(3);
  });
});
