import { momentAt, moved, pixelOf, ticksOf, within, zoomed } from './window';

const second = 1_000_000_000n;
/** Far from the origin, where a double no longer holds nanoseconds. */
const begin = 1_767_225_637n * second;
const extent = { start: begin, end: begin + 3600n * second };

describe('what the timeline shows', () => {
  it('is exact to the nanosecond far from the origin', () => {
    const shown = { start: begin + 7n, end: begin + 7n + second };
    expect(momentAt(500, shown, 1000)).toBe(begin + 7n + second / 2n);
    expect(pixelOf(begin + 7n + second / 4n, shown, 1000)).toBe(250);
  });

  it('keeps the moment under the pointer while zooming', () => {
    const moment = begin + 900n * second;
    const closer = zoomed(extent, moment, 0.1, extent);
    expect(closer.end - closer.start).toBe(360n * second);
    expect(pixelOf(moment, closer, 1000)).toBeCloseTo(pixelOf(moment, extent, 1000), 6);
  });

  it('never leaves what there is', () => {
    expect(zoomed(extent, begin, 5, extent)).toEqual(extent);
    const late = { start: extent.end - 60n * second, end: extent.end };
    expect(moved(late, 10n * second, extent)).toEqual(late);
    expect(moved(late, -9999n * second, extent)).toEqual({ start: begin, end: begin + 60n * second });
    expect(within({ start: begin, end: begin }, extent).end).toBe(begin + 10_000_000n);
  });

  it('is marked at round moments, with room between them', () => {
    const { step, ticks } = ticksOf({ start: begin + 1n, end: begin + 60n * second }, 1000, 100);
    expect(step).toBe(10n * second);
    expect(ticks.every((tick) => tick % step === 0n)).toBe(true);
    expect(ticks).toHaveLength(6);
    const long = ticksOf({ start: 0n, end: 86_400n * 400n * second }, 1000, 100);
    expect(long.step % (86_400n * second)).toBe(0n);
    expect(long.ticks.length).toBeLessThanOrEqual(11);
  });
});
