import { readFile } from 'node:fs/promises';
import {
  decodedFrames,
  decodedSound,
  describeWithFfmpeg,
  MediaMaker,
  picture,
  probeStreams,
  tone,
} from './media-maker';
import { MediaStore } from './media-store';
import { readTransportStream } from './transport-stream-reader';

const H264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25';
const AAC = '-c:a aac -b:a 64k -aac_pns 0';
const SOUNDS = Array.from({ length: 20 }, () => '-map 1').join(' ');

describeWithFfmpeg('MPEG-TS written of Flows that have none', () => {
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

  it.each([
    [
      'reordered pictures, three deep',
      `${picture(6)} ${tone(6)} ${H264} -bf 3 -x264-params b-pyramid=normal:bframes=7:b-adapt=0 ${AAC} a.mp4`,
    ],
    [
      'HEVC',
      `${picture(3)} ${tone(3)} -c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25:bframes=4 -pix_fmt yuv420p ${AAC} b.mp4`,
    ],
    [
      'open groups of pictures',
      `${picture(6)} ${H264} -bf 2 -x264-params open-gop=1:keyint=25:scenecut=0:bframes=2:b-adapt=0 c.mp4`,
    ],
    ['five pictures a second', `${picture(8, '5')} ${tone(8)} ${H264} -bf 2 -g 5 ${AAC} d.mp4`],
    [
      'a variable frame rate',
      `${picture(5)} ${tone(5)} -vf select='not(eq(mod(n\\,3)\\,1))+gt(n\\,80)' -fps_mode vfr ${H264} -bf 2 ${AAC} e.mp4`,
    ],
    ['sound alone', `${tone(5)} -c:a ac3 -ac 6 f.mkv`],
    [
      'a program map longer than a packet',
      `${picture(2)} ${tone(2)} -map 0 ${SOUNDS} ${H264} ${AAC} -metadata:s:a language=fra g.mp4`,
    ],
  ])('of %s: clock, decoding times and counters are right', async (_title, make) => {
    const original = await media.make(make);
    const { flow_id } = await store.ingest(original);
    const path = media.path(`out-of-${original.split('/').at(-1) ?? ''}.ts`);
    await store.write(flow_id, path, 'ts');
    const found = readTransportStream(await readFile(path));
    expect(found.problems).toEqual([]);
    expect(found.clockSteps.length).toBeGreaterThan(20);
    const streams = await probeStreams(original);
    expect((await probeStreams(path)).map(({ codec_name }) => codec_name)).toEqual(
      streams.map(({ codec_name }) => codec_name),
    );
    if (streams.some(({ codec_type }) => codec_type === 'video')) {
      const [pictures, expected] = [await decodedFrames(path, 'v:0'), await decodedFrames(original, 'v:0')];
      expect(pictures.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5));
    } else {
      const [sound, expected] = [await decodedSound(path, 'a:0'), await decodedSound(original, 'a:0')];
      expect(Math.abs(sound.length - expected.length)).toBeLessThanOrEqual(6 * 1536);
    }
  });

  it('keeps the clock going through a stretch without media', async () => {
    const original = await media.make(`${picture(6)} ${tone(6)} ${H264} ${AAC} gap.mp4`);
    const { flow_id, flows } = await store.ingest(original);
    for (const { id } of flows) await store.deleteSegments(id, '[2:0_4:0)');
    const path = media.path('gap.ts');
    await store.write(flow_id, path, 'ts');
    expect(readTransportStream(await readFile(path)).problems).toEqual([]);
    const times = (await decodedFrames(path, 'v:0')).map(({ time }) => time);
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...steps)).toBeCloseTo(2.04, 3);
  });

  it('is read by a reader that finds nothing in what ffmpeg writes, and notices a packet that is missing', async () => {
    const bytes = await readFile(await media.make(`${picture(3)} ${tone(3)} ${H264} -bf 2 ${AAC} ffmpeg.ts`));
    expect(readTransportStream(bytes).problems).toEqual([]);
    const at = 188 * 100;
    const broken = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 188)]);
    expect(readTransportStream(broken).problems).toEqual([expect.stringContaining('counts')]);
  });

  it('refuses codings that an MPEG-TS does not hold', async () => {
    const { flow_id } = await store.ingest(await media.make(`${tone(2)} -c:a libopus opus.webm`));
    await expect(store.write(flow_id, media.path('no.ts'), 'ts')).rejects.toThrow('and this is opus');
  });
});
