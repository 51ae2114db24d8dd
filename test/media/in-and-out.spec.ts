import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { TamsClient } from '../../apps/tams-media/src/client/tams-client';
import { ingest } from '../../apps/tams-media/src/ingest/ingest';
import { remux, type RemuxResult } from '../../apps/tams-media/src/outgest/remux';
import type { RemuxFormat } from '../../apps/tams-media/src/outgest/remux-formats';
import { selectTracks } from '../../apps/tams-media/src/outgest/selection';
import { startTestServer, type TestServer } from '../support/test-server';
import {
  decodedFrames,
  decodedSound,
  describeWithFfmpeg,
  MediaMaker,
  picture,
  probeStreams,
  tone,
  type DecodedFrame,
} from './media-maker';

const H264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25';
/** Without noise substitution, whose noise depends on where a decoder began. */
const AAC = '-c:a aac -b:a 64k -aac_pns 0';

/** What the table in docs/media.md says is read: made by ffmpeg, ingested, and written out again into these formats. */
const MEDIA: readonly {
  title: string;
  make: string;
  /** Made first, out of which `make` makes the media. */
  from?: string;
  /** Compared with what `from` made, because ffmpeg does not tell the times of the media itself. */
  isLikeFrom?: boolean;
  out: readonly RemuxFormat[];
}[] = [
  {
    title: 'MP4, H.264 with B-frames, AAC',
    make: `${picture(5)} ${tone(5)} ${H264} -bf 2 ${AAC} a.mp4`,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'MOV, H.264 30000/1001, PCM big-endian',
    make: `${picture(3, '30000/1001')} ${tone(3)} ${H264} -c:a pcm_s16be b.mov`,
    out: ['mov', 'mkv'],
  },
  {
    title: 'fragmented MP4, HEVC, AAC',
    make: `${picture(3)} ${tone(3)} -c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -tag:v hvc1 -pix_fmt yuv420p ${AAC} -movflags frag_keyframe+empty_moov c.mp4`,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'Matroska, H.264, AC-3 in 5.1',
    make: `${picture(3)} ${tone(3)} ${H264} -bf 2 -c:a ac3 -ac 6 d.mkv`,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'WebM, VP9, Opus',
    make: `${picture(3)} ${tone(3)} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -c:a libopus e.webm`,
    out: ['mp4', 'mkv'],
  },
  {
    title: 'MPEG-TS, H.264, AAC',
    make: `${picture(3)} ${tone(3)} ${H264} -bf 2 ${AAC} f.ts`,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'MPEG-TS, HEVC beside AAC',
    make: `${picture(3)} ${tone(3)} -c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -pix_fmt yuv420p ${AAC} g.ts`,
    out: ['mp4'],
  },
  {
    title: '50 fields a second, interlaced',
    make: `${picture(3, '50', '320x240')} ${tone(3)} -vf interlace=scan=tff -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -flags +ildct+ilme -x264-params tff=1 ${AAC} h.mp4`,
    out: ['mp4'],
  },
  {
    title: 'a variable frame rate',
    make: `${picture(5)} ${tone(5)} -vf select='not(eq(mod(n\\,3)\\,1))+gt(n\\,80)' -fps_mode vfr ${H264} ${AAC} i.mp4`,
    out: ['mp4'],
  },
  {
    title: 'an edit list that hides pictures',
    make: `-ss 0.7 -i a.mp4 -c copy j.mp4`,
    from: `${picture(5)} ${tone(5)} ${H264} -bf 2 ${AAC} a.mp4`,
    out: ['mp4'],
  },
  {
    title: 'two languages',
    make: `${picture(3)} ${tone(3)} ${tone(3, 880)} -map 0 -map 1 -map 2 ${H264} ${AAC} -metadata:s:a:0 language=eng -metadata:s:a:1 language=fra k.mp4`,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'sound that begins later',
    make: `${picture(3)} -itsoffset 0.5 ${tone(3)} ${H264} -bf 2 ${AAC} l.mp4`,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'times close to the turn of the 33-bit clock',
    make: `${picture(3)} ${tone(3)} ${H264} -bf 2 ${AAC} -muxdelay 0 -output_ts_offset 95441.7 m.ts`,
    out: ['mp4'],
  },
  {
    title: 'a negative first timestamp in Matroska',
    make: `-i q0.mkv -c copy -output_ts_offset -0.5 -avoid_negative_ts disabled q1.mkv`,
    from: `${picture(3)} ${tone(3)} ${H264} -bf 2 ${AAC} q0.mkv`,
    isLikeFrom: true,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'a negative first timestamp in MPEG-TS, which is one before the clock turns',
    make: `${picture(3)} ${tone(3)} ${H264} -bf 2 ${AAC} -muxdelay 0 -output_ts_offset -0.5 -avoid_negative_ts disabled r.ts`,
    out: ['mp4', 'mkv', 'ts'],
  },
  {
    title: 'a negative first timestamp in MP4, hidden by its edit list',
    make: `${picture(3)} ${tone(3)} ${H264} -bf 2 ${AAC} -output_ts_offset -0.5 -avoid_negative_ts disabled s.mp4`,
    out: ['mp4'],
  },
  { title: 'an odd size', make: `${picture(3, '25', '322x182')} ${tone(3)} ${H264} ${AAC} n.mp4`, out: ['mp4'] },
  {
    title: 'ten bits',
    make: `${picture(3)} -c:v libx264 -preset ultrafast -pix_fmt yuv422p10le -g 50 o.mp4`,
    out: ['mp4'],
  },
  { title: 'a wrong extension', make: `${picture(3)} ${tone(3)} ${H264} ${AAC} -f mp4 p.ts`, out: ['mp4'] },
];

/** Sound alone; where it is without loss, every sample must come back. */
const SOUND: readonly { title: string; make: string; out: readonly RemuxFormat[]; exact: boolean }[] = [
  {
    title: 'WAV of 24 bits in 5.1',
    make: `${tone(5)} -ac 6 -c:a pcm_s24le a.wav`,
    out: ['wav', 'mov', 'mkv'],
    exact: true,
  },
  {
    title: 'WAV of floating point at 44.1 kHz',
    make: `${tone(5, 440, 44100)} -c:a pcm_f32le b.wav`,
    out: ['wav'],
    exact: true,
  },
  { title: 'FLAC', make: `${tone(5)} -c:a flac c.flac`, out: ['mp4', 'mkv'], exact: true },
  { title: 'MP3', make: `${tone(5)} -c:a libmp3lame d.mp3`, out: ['mp4', 'mkv', 'ts'], exact: false },
  { title: 'AAC (ADTS)', make: `${tone(5)} ${AAC} e.aac`, out: ['mp4', 'mkv', 'ts'], exact: false },
];

describeWithFfmpeg('media in and out again', () => {
  let tams: TestServer;
  let client: TamsClient;
  let media: MediaMaker;
  let state: string;

  beforeAll(async () => {
    tams = await startTestServer();
    client = new TamsClient({ url: tams.url });
    media = await MediaMaker.create();
    state = await mkdtemp(join(tmpdir(), 'state-'));
    process.env['XDG_STATE_HOME'] = state;
  });
  afterAll(async () => {
    delete process.env['XDG_STATE_HOME'];
    await tams.stop();
    await media.dispose();
    await rm(state, { recursive: true, force: true });
  });

  const write = async (id: string, path: string, format: RemuxFormat, timerange?: string): Promise<RemuxResult> =>
    remux(client, await selectTracks(client, id), path, { format, timerange, gaps: 'refuse', warn: () => undefined });

  it.each(MEDIA)('$title', async ({ make, from, isLikeFrom = false, out }) => {
    const before = from === undefined ? undefined : await media.make(from);
    const made = await media.make(make);
    const { flow_id } = await ingest(client, { media: made, segmentDuration: 1 }, silent);
    const original = isLikeFrom && before !== undefined ? before : made;
    const streams = await probeStreams(original);
    for (const format of out) {
      const path = media.path(`out-of-${basename(original)}.${format}`);
      await write(flow_id, path, format);
      const written = await probeStreams(path);
      expect(written.map(factsOf)).toEqual(streams.map(factsOf));
      // Matroska counts milliseconds, also where it was the original.
      const tolerance = [original, path].some((each) => /\.(mkv|webm)$/.test(each)) ? 0.0011 : 0.00002;
      for (const stream of streamsOf(streams, 'video')) await expectSamePictures(original, path, stream, tolerance);
      const inNumbers = streams.some((stream) => codecOf(stream).startsWith('pcm_'));
      const compareSound = inNumbers ? expectSameSamples : expectSameSound;
      for (const stream of streamsOf(streams, 'audio')) await compareSound(original, path, stream);
      await expectSameDistance(original, path, streams);
    }
  });

  it.each(SOUND)('$title', async ({ make, out, exact }) => {
    const original = await media.make(make);
    const { flow_id } = await ingest(client, { media: original, segmentDuration: 1 }, silent);
    const expected = await decodedSound(original, 'a:0');
    for (const format of out) {
      const path = media.path(`out-of-${basename(original)}.${format}`);
      await write(flow_id, path, format);
      const found = await decodedSound(path, 'a:0');
      if (exact)
        expect({ format, difference: Buffer.compare(bytesOf(found), bytesOf(expected)) }).toEqual({
          format,
          difference: 0,
        });
      else expect(Math.abs(found.length - expected.length)).toBeLessThanOrEqual(2304);
    }
  });

  it('gives a Source its picture and sound together, trimmed to the frame', async () => {
    const original = await media.make(`${picture(5)} ${tone(5)} ${H264} -bf 2 ${AAC} trim.mp4`);
    const { source_id } = await ingest(client, { media: original, segmentDuration: 1 }, silent);
    const path = media.path('trimmed.mp4');
    const result = await write(source_id, path, 'mp4', '[1:480000000_3:0)');
    expect(result).toMatchObject({ start: 'frame', timerange: expect.stringMatching(/^\[1:480000000_3:/) as string });
    const all = await decodedFrames(original, 'v:0');
    const wanted = all.filter(({ time }) => time >= 1.479 && time < 2.999);
    const found = await decodedFrames(path, 'v:0');
    expect(found.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5));
    expect(found[0]?.time).toBeCloseTo(0, 4);
    const sound = await decodedSound(path, 'a:0');
    expect(Math.abs(sound.length - 1.52 * 48000)).toBeLessThanOrEqual(2 * 1024);
  });

  it('begins at the key frame before the start where a format cannot hide pictures, and says so', async () => {
    const original = await media.make(`${picture(5)} ${tone(5)} ${H264} -bf 2 ${AAC} key.mp4`);
    const { flow_id } = await ingest(client, { media: original }, silent);
    const result = await write(flow_id, media.path('trimmed.mkv'), 'mkv', '[2:480000000_4:0)');
    expect(result).toMatchObject({ start: 'key frame', timerange: expect.stringMatching(/^\[2:0_4:/) as string });
  });

  it('cuts sound in numbers to the sample', async () => {
    const original = await media.make(`${tone(5)} -ac 2 -c:a pcm_s16le cut.wav`);
    const { flow_id } = await ingest(client, { media: original, segmentDuration: 1 }, silent);
    const path = media.path('cut-out.wav');
    await write(flow_id, path, 'wav', '[1:500000000_3:250000000)');
    const expected = (await decodedSound(original, 'a:0')).subarray(1.5 * 48000 * 2, 3.25 * 48000 * 2);
    expect(Buffer.compare(bytesOf(await decodedSound(path, 'a:0')), bytesOf(expected))).toBe(0);
  });

  it('refuses a WAV of coded sound, and says what to do', async () => {
    const { flow_id } = await ingest(client, { media: await media.make(`${tone(1)} ${AAC} no.m4a`) }, silent);
    await expect(write(flow_id, media.path('no.wav'), 'wav')).rejects.toThrow('A WAV holds sound in numbers');
  });
});

const silent = {
  uploading: () => undefined,
  uploaded: () => undefined,
  registered: () => undefined,
  warn: () => undefined,
};

function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** What must be the same on both sides; ffprobe calls one thing by different names in different containers. */
function factsOf(stream: Awaited<ReturnType<typeof probeStreams>>[number]): Record<string, unknown> {
  const codec = codecOf(stream).replace(/^pcm_s(\d+)[bl]e$/, 'pcm_s$1');
  if (stream['codec_type'] === 'video') {
    const { width, height, pix_fmt, sample_aspect_ratio = '1:1' } = stream;
    return {
      codec,
      width,
      height,
      pix_fmt,
      sample_aspect_ratio: sample_aspect_ratio === '0:1' ? '1:1' : sample_aspect_ratio,
    };
  }
  const language = (stream['tags'] as Record<string, string> | undefined)?.['language'] ?? 'und';
  return { codec, rate: stream['sample_rate'], channels: stream['channels'], language };
}

function streamsOf(streams: Awaited<ReturnType<typeof probeStreams>>, kind: 'video' | 'audio'): string[] {
  return streams.filter((stream) => stream['codec_type'] === kind).map((_, index) => `${kind.slice(0, 1)}:${index}`);
}

async function expectSamePictures(original: string, path: string, stream: string, tolerance: number): Promise<void> {
  const [expected, found] = [await decodedFrames(original, stream), await decodedFrames(path, stream)];
  expect(found.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5));
  const off = found.map(({ time }, index) =>
    Math.abs(time - startOf(found) - ((expected[index]?.time ?? 0) - startOf(expected))),
  );
  expect(Math.max(...off)).toBeLessThanOrEqual(tolerance);
}

/** Within one frame of sound at either end, and otherwise the same blocks. */
async function expectSameSound(original: string, path: string, stream: string): Promise<void> {
  const [expected, found] = [await decodedFrames(original, stream), await decodedFrames(path, stream)];
  expect(Math.abs(found.length - expected.length)).toBeLessThanOrEqual(2);
  if (found.length === 0) throw new Error('no sound');
  const known = new Set(expected.map(({ md5 }) => md5));
  expect(found.filter(({ md5 }) => known.has(md5)).length).toBeGreaterThanOrEqual(found.length - 4);
}

async function expectSameSamples(original: string, path: string, stream: string): Promise<void> {
  const [expected, found] = [await decodedSound(original, stream), await decodedSound(path, stream)];
  expect(found.length).toBe(expected.length);
  expect(Buffer.compare(bytesOf(found), bytesOf(expected))).toBe(0);
}

/** Picture and sound stay together: their distance changes by less than a frame of sound. */
async function expectSameDistance(
  original: string,
  path: string,
  streams: Awaited<ReturnType<typeof probeStreams>>,
): Promise<void> {
  if (streamsOf(streams, 'audio').length === 0 || streamsOf(streams, 'video').length === 0) return;
  const distance = async (file: string): Promise<number> =>
    startOf(await decodedFrames(file, 'v:0')) - startOf(await decodedFrames(file, 'a:0'));
  expect(Math.abs((await distance(path)) - (await distance(original)))).toBeLessThanOrEqual(0.033);
}

function startOf(frames: DecodedFrame[]): number {
  return frames[0]?.time ?? 0;
}

function codecOf(stream: Awaited<ReturnType<typeof probeStreams>>[number]): string {
  const name = stream['codec_name'];
  return typeof name === 'string' ? name : '';
}
