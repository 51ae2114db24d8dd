import { BitRateMeter, type FlowRates, type SizedSegment } from './bit-rate';

const two = (bytes: number): SizedSegment => ({ bytes, seconds: 2 });

function measured(...segments: SizedSegment[]): FlowRates['own'] | undefined {
  const meter = new BitRateMeter();
  for (const segment of segments) meter.add(segment);
  return meter.rates()?.own;
}

describe('bit rates (AppNote 0013)', () => {
  it('averages over all segments', () => {
    expect(measured(two(250_000), two(500_000))?.avg_bit_rate).toBe(1500);
    expect(measured()).toBeUndefined();
  });

  it('takes the highest run of about one segment duration', () => {
    expect(measured(two(250_000), two(500_000), two(250_000))?.max_bit_rate).toBe(2000);
    // A sliver of a tenth of a second counts with its neighbour only.
    expect(measured(two(250_000), { bytes: 100_000, seconds: 0.1 })?.max_bit_rate).toBe(1333);
  });

  it('counts a single long segment too', () => {
    expect(measured(two(250_000), { bytes: 5_000_000, seconds: 10 })?.max_bit_rate).toBe(4000);
  });

  it('gives the most usual duration as a fraction of seconds', () => {
    expect(measured(two(1), two(1), { bytes: 1, seconds: 0.4 })?.segment_duration).toEqual({
      numerator: 2,
      denominator: 1,
    });
    expect(measured({ bytes: 1, seconds: 2.002 })?.segment_duration).toEqual({ numerator: 1001, denominator: 500 });
  });

  it('measures the tracks inside', () => {
    const meter = new BitRateMeter(2);
    meter.add(two(250_000), [200_000, 50_000]);
    expect(meter.rates()?.inside).toEqual([{ avg_bit_rate: 800 }, { avg_bit_rate: 200 }]);
  });
});
