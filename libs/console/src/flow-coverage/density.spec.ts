import { Steps, type Stretch } from './density';

const stretch = (start: number, end: number): Stretch => ({ start: BigInt(start), end: BigInt(end) });
const shown = (runs: readonly (Stretch & { density: number })[]): unknown[] =>
  runs.map(({ start, end, density }) => [Number(start), Number(end), density]);

/** What the index answers: the instants that none of these segments covers, and where the next begins. */
function holesOf(segments: readonly Stretch[], instants: readonly bigint[]): Map<number, bigint | undefined> {
  const found = instants.map((instant) => segments.find(({ end }) => end > instant));
  return new Map(
    found.flatMap((next, place) =>
      next && next.start <= instants[place]! ? [] : ([[place, next?.start]] as [number, bigint | undefined][]),
    ),
  );
}

describe('a window in steps', () => {
  it('has as many as there may be, the last one shorter', () => {
    const steps = new Steps(stretch(0, 1001), 10);
    expect([steps.length, steps.count]).toEqual([101n, 10]);
    expect(new Steps(stretch(0, 3), 1000).count).toBe(3);
  });

  it('measures what islands cover of each, and merges full ones', () => {
    const steps = new Steps(stretch(0, 100), 10);
    expect(shown(steps.measure([stretch(0, 25), stretch(26, 40), stretch(95, 100)]))).toEqual([
      [0, 20, 1],
      [20, 30, 0.9],
      [30, 40, 1],
      [90, 100, 0.5],
    ]);
  });

  it('never calls full what has a hole, nor empty what has a segment', () => {
    const steps = new Steps(stretch(0, 1_000_000_000), 1);
    expect(shown(steps.measure([stretch(0, 999_999_999)]))).toEqual([[0, 1_000_000_000, 0.999_999]]);
    expect(shown(steps.measure([stretch(5, 6)]))).toEqual([[0, 1_000_000_000, 0.000_001]]);
  });

  it('measures at the ends of what an int8 holds', () => {
    const window = { start: -(2n ** 63n) + 1n, end: 2n ** 63n - 1n };
    const runs = new Steps(window, 4).measure([window]);
    expect(runs).toEqual([{ ...window, density: 1 }]);
  });
});

describe('probes', () => {
  const segments = Array.from({ length: 300 }, (_, index) => stretch(index * 10, index * 10 + 10)).filter(
    ({ start }) => start < 1000n || start >= 1900n,
  );

  it('are five hundred in all, or one a step', () => {
    expect(new Steps(stretch(0, 1_000_000), 10).probes()).toHaveLength(500);
    expect(new Steps(stretch(0, 1_000_000), 300).probes()).toHaveLength(300);
    expect(new Steps(stretch(0, 1_000_000), 4000).probes()).toHaveLength(4000);
  });

  it('find where a hole is', () => {
    const steps = new Steps(stretch(0, 3000), 10);
    expect(shown(steps.estimate(holesOf(segments, steps.probes())))).toEqual([
      [0, 900, 1],
      [900, 1200, expect.closeTo(1 / 3, 1)],
      [1800, 2100, expect.closeTo(2 / 3, 1)],
      [2100, 3000, 1],
    ]);
  });

  it('tell that there is nothing before the first and after the last segment', () => {
    const steps = new Steps(stretch(0, 100), 4);
    const found = steps.estimate(holesOf([stretch(25, 50)], steps.probes()));
    expect(shown(found)).toEqual([[25, 50, 1]]);
  });
});
