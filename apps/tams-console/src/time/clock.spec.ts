import { isWallClock, taiOfUtc, utcMillisecondsOf, writeDistance, writeLength, writeMoment } from './clock';

describe('wall clock', () => {
  it.each([
    // The example of the specification: 37 seconds apart since 2017.
    ['2026-01-01T00:00:00.000Z', 1_767_225_637_000_000_000n],
    ['2016-12-31T23:59:59.000Z', 1_483_228_835_000_000_000n],
    ['2017-01-01T00:00:00.000Z', 1_483_228_837_000_000_000n],
    ['1972-01-01T00:00:00.000Z', 63_072_010_000_000_000n],
  ])('of %s is %d ns of TAI', (utc, tai) => {
    expect(taiOfUtc(Date.parse(utc))).toBe(tai);
    expect(new Date(utcMillisecondsOf(tai)).toISOString()).toBe(utc);
  });

  it('is told from time that counts from the start of a file', () => {
    expect(isWallClock(3_600_000_000_000n)).toBe(false);
    expect(isWallClock(1_767_225_637_000_000_000n)).toBe(true);
  });
});

describe('moments', () => {
  it('are written in each way', () => {
    const moment = 1_767_225_637_040_000_000n;
    expect(writeMoment(moment, 'tai')).toBe('1767225637:40000000');
    expect(writeMoment(moment, 'utc')).toBe('2026-01-01 00:00:00.040 UTC');
    expect(writeMoment(3_723_040_000_000n, 'time')).toBe('1:02:03.040');
    expect(writeMoment(40_000_000n, 'timecode', { numerator: 25, denominator: 1 })).toBe('00:00:00:01');
    expect(writeMoment(40_000_000n, 'timecode')).toBe('0:00:00.040');
    expect(writeDistance(-1_500_000_000n)).toBe('-0:00:01.500');
  });

  it('and lengths too', () => {
    expect([0.04, 12.4, 184, 3725, 93_600].map(writeLength)).toEqual([
      '0.0 s',
      '12 s',
      '3 min 04 s',
      '1 h 02 min',
      '1 d 02 h',
    ]);
  });
});
