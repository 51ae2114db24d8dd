import { averageBitRate, maximumBitRate, segmentDuration } from './bit-rate';

const two = (bytes: number): { bytes: number; seconds: number } => ({ bytes, seconds: 2 });

describe('bit rates (AppNote 0013)', () => {
  it('averages over all segments', () => {
    expect(averageBitRate([two(250_000), two(500_000)])).toBe(1500);
    expect(averageBitRate([])).toBe(0);
  });

  it('takes the highest run of about one target duration', () => {
    expect(maximumBitRate([two(250_000), two(500_000), two(250_000)], 2)).toBe(2000);
    // A sliver of a tenth of a second counts with its neighbour only.
    expect(maximumBitRate([two(250_000), { bytes: 100_000, seconds: 0.1 }], 2)).toBe(1333);
  });

  it('counts a single long segment too', () => {
    expect(maximumBitRate([two(250_000), { bytes: 5_000_000, seconds: 10 }], 2)).toBe(4000);
  });

  it('gives the most usual duration as a fraction of seconds', () => {
    expect(segmentDuration([two(1), two(1), { bytes: 1, seconds: 0.4 }])).toEqual({ numerator: 2, denominator: 1 });
    expect(segmentDuration([{ bytes: 1, seconds: 2.002 }])).toEqual({ numerator: 1001, denominator: 500 });
  });
});
