import { boundsOf, formatTimeRange, formatTimestamp, ticksToNanoseconds } from './media-time';

describe('media time', () => {
  it('turns ticks into the nearest nanosecond', () => {
    expect(ticksToNanoseconds(90_000)).toBe(1_000_000_000n);
    expect(ticksToNanoseconds(1)).toBe(11_111n);
    expect(ticksToNanoseconds(5)).toBe(55_556n);
    expect(ticksToNanoseconds(2 ** 33)).toBe(95_443_717_688_889n);
    expect(ticksToNanoseconds(-1)).toBe(-11_111n);
  });

  it('writes timestamps and ranges', () => {
    expect(formatTimestamp(1_480_000_000n)).toBe('1:480000000');
    expect(formatTimestamp(-5n)).toBe('-0:5');
    expect(formatTimeRange(0n, 10_000_000_001n)).toBe('[0:0_10:1)');
  });

  it('reads the bounds of a range', () => {
    expect(boundsOf('[1:5_2:0)')).toEqual({ start: 1_000_000_005n, end: 2_000_000_000n });
    expect(boundsOf('[3:0]')).toEqual({ start: 3_000_000_000n, end: 3_000_000_001n });
    for (const text of ['_', '()', 'soon']) expect(boundsOf(text)).toBeUndefined();
  });
});
