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

const CODED = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -bf 3 -c:a aac -b:a 64k -aac_pns 0';

describeWithFfmpeg('moments written to the frame', () => {
  let store: MediaStore;
  let media: MediaMaker;
  let flowId: string;
  let original: string;
  beforeAll(async () => {
    store = await MediaStore.start();
    media = await MediaMaker.create();
    original = await media.make(`${picture(5)} ${tone(5)} ${CODED} whole.mp4`);
    flowId = (await store.ingest(original)).flow_id;
  });
  afterAll(async () => {
    await store.stop();
    await media.dispose();
  });

  it.each([
    ['between key frames', '[1:480000000_3:360000000)', 1.48, 3.36],
    ['from a key frame', '[1:0_3:400000000)', 1, 3.4],
    ['from the beginning', '[0:0_0:440000000)', 0, 0.44],
    ['to the end', '[4:200000000_5:0)', 4.2, 5],
    ['to an end that is nowhere near a picture', '[1:0_2:50000000)', 1, 2.05],
  ])('%s', async (title, timerange, from, to) => {
    const path = media.path(`${title.replaceAll(' ', '-')}.mp4`);
    const result = await store.write(flowId, path, 'mp4', timerange);
    expect(result).toMatchObject({ start: 'frame', end: 'frame' });
    const wanted = (await decodedFrames(original, 'v:0')).filter(
      ({ time }) => time > from - 0.001 && time < to - 0.001,
    );
    const found = await decodedFrames(path, 'v:0');
    expect(found.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5));
    expect(found.map(({ time }) => time + from)).toEqual(wanted.map(({ time }) => expect.closeTo(time, 4) as number));
    const sound = await decodedSound(path, 'a:0');
    expect(Math.abs(sound.length - (to - from) * 48000)).toBeLessThanOrEqual(2 * 1024);
    for (const { duration } of await probeStreams(path))
      expect(Number(duration)).toBeLessThanOrEqual(to - from + 0.0221);
  });

  it('begins among pictures that are shown before the key frame they follow (HEVC, open groups)', async () => {
    const hevc =
      '-c:v libx265 -preset medium -x265-params log-level=none:keyint=25:min-keyint=25:scenecut=0:open-gop=1';
    const file = await media.make(`${picture(3)} ${hevc} -tag:v hvc1 -pix_fmt yuv420p open.mp4`);
    const { flow_id } = await store.ingest(file);
    const [, second] = await store.segments(flow_id);
    const all = await decodedFrames(file, 'v:0');
    const from = Number(second?.timerange.split(/[:_]/)[1]) / 1e9;
    const at = all.findIndex(({ time }) => time > from - 0.001);
    expect(second?.timerange).toMatch(/^\[0:9/);
    const path = media.path('open-cut.mp4');
    const result = await store.write(flow_id, path, 'mp4', `[0:${Math.round(from * 1e9)}_1:0)`);
    expect(result).toMatchObject({ start: 'frame', end: 'frame' });
    const found = await decodedFrames(path, 'v:0');
    expect(found.map(({ md5 }) => md5)).toEqual(all.slice(at, 25).map(({ md5 }) => md5));
    expect(found[0]?.time).toBeCloseTo(0, 4);
  });

  it('keeps what a few pictures need of those after the end', async () => {
    const path = media.path('few.mkv');
    await store.write(flowId, path, 'mkv', '[2:520000000_2:640000000)');
    const wanted = (await decodedFrames(original, 'v:0')).filter(({ time }) => time > 2.519 && time < 2.639);
    const found = (await decodedFrames(path, 'v:0')).map(({ md5 }) => md5);
    expect(wanted).toHaveLength(3);
    expect(found).toEqual(expect.arrayContaining(wanted.map(({ md5 }) => md5)));
  });

  it('says where a format shows more', async () => {
    // After the key frame at 2 s come, in decoding order, pictures at 2.16, 2.08 and 2.04: the last needs the others.
    const path = media.path('more.mkv');
    const result = await store.write(flowId, path, 'mkv', '[1:0_2:60000000)');
    expect(result).toMatchObject({ start: 'frame', end: 'later frame' });
    expect(await decodedFrames(path, 'v:0')).toHaveLength(29);
    const earlier = await store.write(flowId, media.path('earlier.mkv'), 'mkv', '[1:480000000_2:0)');
    expect(earlier).toMatchObject({ start: 'key frame', end: 'frame' });
  });
});
