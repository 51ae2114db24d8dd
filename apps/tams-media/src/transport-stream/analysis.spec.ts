import { ROLLOVER_TICKS } from '../media-time';
import { inChunks, sampleSegment, withoutPid, withShiftedTimes } from '../testing/media';
import { analyseTransportStream, leadingTrack } from './analysis';

const VIDEO_PID = 256;
const AUDIO_PID = 257;

/** First and last presentation time of the pictures of each sample segment, as ffprobe 5.1 gives them. */
const PICTURES = [
  [133200, 309600],
  [313200, 489600],
  [493200, 669600],
  [673200, 849600],
  [853200, 1029600],
  [1033200, 1209600],
  [1213200, 1389600],
  [1393200, 1569600],
  [1573200, 1749600],
  [1753200, 1929600],
];

function analyse(
  bytes: Buffer,
  options: { chunk?: number; reference?: number } = {},
): ReturnType<typeof analyseTransportStream> {
  return analyseTransportStream('media.ts', inChunks(bytes, options.chunk), options.reference);
}

describe('analyseTransportStream', () => {
  it.each(PICTURES.map(([first, last], index) => [index, first, last]))(
    'finds the presentation times of sample segment %i, B-frames included',
    async (index = 0, first, last) => {
      const { video } = await analyse(sampleSegment(index));
      expect(video).toMatchObject({ pid: VIDEO_PID, firstTicks: first, lastTicks: last, keyFrames: 1 });
      expect(video?.lastDuration).toEqual({ numerator: 1, denominator: 25 });
    },
  );

  it('reads the parameters of picture and sound', async () => {
    const { video, audio, bytes, warnings } = await analyse(sampleSegment(0));
    expect(bytes).toBe(99264);
    expect(warnings).toEqual([]);
    expect(video?.timing).toEqual({
      frameRate: { numerator: 25, denominator: 1 },
      pictureDuration: { numerator: 1, denominator: 25 },
    });
    expect(video?.parameters).toMatchObject({
      profile: 100,
      level: 30,
      flags: 0,
      width: 640,
      height: 360,
      framesOnly: true,
    });
    expect(audio?.parameters).toEqual({ sampleRate: 48000, channels: 2, objectType: 2 });
    // ffprobe: the first frame of 1024 samples at 131280, the last at 304080, each of 1920 ticks.
    expect(audio).toMatchObject({ pid: AUDIO_PID, firstTicks: 131280 });
    const { lastTicks = 0, lastDuration = { numerator: 0, denominator: 1 } } = audio ?? {};
    expect(lastTicks + (lastDuration.numerator / lastDuration.denominator) * 90000).toBe(304080 + 1920);
  });

  it('finds the same however the bytes are cut into chunks', async () => {
    const bytes = sampleSegment(3);
    const whole = await analyse(bytes, { chunk: bytes.length });
    for (const chunk of [7, 188, 65536]) expect(await analyse(bytes, { chunk })).toEqual(whole);
  });

  it('reads a stream of video alone and one of audio alone', async () => {
    const video = await analyse(withoutPid(sampleSegment(1), AUDIO_PID));
    expect(video.audio).toBeUndefined();
    expect(leadingTrack(video).firstTicks).toBe(313200);
    const audio = await analyse(withoutPid(sampleSegment(1), VIDEO_PID));
    expect(audio.video).toBeUndefined();
    expect(leadingTrack(audio).firstTicks).toBe(306000);
  });

  it('follows the 33-bit rollover inside a file and from the file before', async () => {
    const shift = ROLLOVER_TICKS - 200_000;
    const inside = await analyse(withShiftedTimes(sampleSegment(0), shift));
    expect(inside.video).toMatchObject({ firstTicks: 133200 + shift, lastTicks: 309600 + shift });
    const next = await analyse(withShiftedTimes(sampleSegment(1), shift), { reference: 309600 + shift });
    expect(next.video).toMatchObject({ firstTicks: 313200 + shift, lastTicks: 489600 + shift });
    expect(next.audio?.firstTicks).toBe(306000 + shift);
  });

  it('counts the first pictures from zero or later, although B-frames may come across the rollover first', async () => {
    // The key frame comes first with a small time; the sound before it still has a large one.
    const bytes = withShiftedTimes(sampleSegment(0), ROLLOVER_TICKS - 133200);
    const { video, audio } = await analyse(bytes);
    expect(video?.firstTicks).toBe(0);
    expect(audio?.firstTicks).toBe(131280 - 133200 + ROLLOVER_TICKS);
  });

  it('names the byte where a packet should start and does not', async () => {
    const damaged = sampleSegment(0);
    damaged[188 * 100] = 0x00;
    await expect(analyse(damaged)).rejects.toThrow('media.ts is damaged: no sync byte 0x47 at byte 18800');
  });

  it('refuses what is not MPEG-TS, empty, cut short, or without H.264 and AAC', async () => {
    await expect(analyse(Buffer.from('<html>not media</html>'.repeat(20)))).rejects.toThrow('is not MPEG-TS');
    await expect(analyse(Buffer.alloc(0))).rejects.toThrow('media.ts is empty');
    await expect(analyse(sampleSegment(0).subarray(0, 50_000))).rejects.toThrow(
      'ends in the middle of a packet (180 of 188 bytes',
    );
    await expect(analyse(withoutPid(withoutPid(sampleSegment(0), VIDEO_PID), AUDIO_PID))).rejects.toThrow(
      'holds no packet of it',
    );
  });

  it('gives up on a stream without a program map instead of keeping it in memory', async () => {
    const packet = Buffer.alloc(188, 0xff);
    packet.writeUInt32BE(0x47410010);
    await expect(
      analyse(Buffer.concat(Array.from({ length: 22_010 }, () => packet)), { chunk: 1 << 20 }),
    ).rejects.toThrow('no program map');
  });

  it('warns of lost packets', async () => {
    const bytes = sampleSegment(0);
    const { warnings } = await analyse(Buffer.concat([bytes.subarray(0, 188 * 200), bytes.subarray(188 * 201)]));
    expect(warnings).toEqual(['media.ts: 1 packets are lost or damaged']);
  });

  it('refuses two recordings in one file', async () => {
    const twice = Buffer.concat([sampleSegment(5), sampleSegment(0)]);
    await expect(analyse(twice)).rejects.toThrow(/clock jumps back by 1\d\.\d+ s inside the file/);
    const later = Buffer.concat([sampleSegment(0), withShiftedTimes(sampleSegment(1), 90_000 * 3600)]);
    await expect(analyse(later)).rejects.toThrow(/clock jumps forward by 3600\.\d+ s inside the file/);
  });
});
