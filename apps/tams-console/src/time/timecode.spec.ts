import { frameAt, frameRateOf, startOfFrame, timecodeOf } from './timecode';

const ntsc = { numerator: 30_000, denominator: 1001 };
const double = { numerator: 60_000, denominator: 1001 };
const pal = { numerator: 25, denominator: 1 };

describe('timecode', () => {
  it.each([
    [0n, '00:00:00:00'],
    [39_999_999n, '00:00:00:00'],
    [40_000_000n, '00:00:00:01'],
    [3_661_000_000_000n, '01:01:01:00'],
    [-40_000_000n, '23:59:59:24'],
  ])('of %d ns at 25 frames a second is %s', (nanoseconds, text) => {
    expect(timecodeOf(nanoseconds, pal)).toBe(text);
  });

  it.each([
    [0n, '00:00:00;00'],
    [1799n, '00:00:59;29'],
    // Numbers 00 and 01 of the minute do not exist.
    [1800n, '00:01:00;02'],
    [17_981n, '00:09:59;29'],
    [17_982n, '00:10:00;00'],
    [107_892n, '01:00:00;00'],
  ])('of frame %d at 30000/1001 drops numbers: %s', (frame, text) => {
    expect(timecodeOf(startOfFrame(frame, ntsc), ntsc)).toBe(text);
  });

  it('drops four numbers at 60000/1001, and none at 24000/1001', () => {
    expect(timecodeOf(startOfFrame(3600n, double), double)).toBe('00:01:00;04');
    const film = { numerator: 24_000, denominator: 1001 };
    expect(timecodeOf(startOfFrame(1440n, film), film)).toBe('00:01:00:00');
  });
});

describe('frames', () => {
  it('begin at a nanosecond that lies in them, at any rate and far from the origin', () => {
    for (const rate of [ntsc, double, pal])
      for (const frame of [0n, 1n, 7n, 1_000_003n, 50_000_000_001n, -5n])
        expect(frameAt(startOfFrame(frame, rate), rate)).toBe(frame);
  });

  it('have a rate only where the Flow says so', () => {
    expect(frameRateOf({ frame_rate: { numerator: 50 } })).toEqual({ numerator: 50, denominator: 1 });
    expect(frameRateOf({ frame_rate: { numerator: 0 } })).toBeUndefined();
    expect(frameRateOf({ sample_rate: 48_000 })).toBeUndefined();
    expect(frameRateOf(undefined)).toBeUndefined();
  });
});
