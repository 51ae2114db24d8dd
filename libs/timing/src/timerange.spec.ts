import fc from 'fast-check';
import { EARLIEST_NANOSECONDS, LATEST_NANOSECONDS, LONGEST_TIMING_TEXT, TimeRange, TimingError } from './index';

/** The pattern of schemas/timerange.json, to check the parser against texts nobody thought of. */
const SPECIFICATION_PATTERN =
  /^(\[|\()?(-?(0|[1-9][0-9]*):(0|[1-9][0-9]{0,8}))?(_(-?(0|[1-9][0-9]*):(0|[1-9][0-9]{0,8}))?)?(\]|\))?$/;

const SECOND = 1_000_000_000n;

/** Few distinct bounds, so that ranges touch, nest and share bounds often; null is unbounded. */
const nearBound = fc.option(fc.bigInt({ min: -4n, max: 4n }), { freq: 6 });
/** Bounds on both sides of what int8 holds. */
const farBound = fc.option(
  fc
    .tuple(
      fc.constantFrom(EARLIEST_NANOSECONDS, LATEST_NANOSECONDS, 0n, 2n ** 70n, -(2n ** 70n)),
      fc.bigInt({ min: -3n, max: 3n }),
    )
    .map(([around, offset]) => around + offset),
  { freq: 6 },
);

function rangeOf(bound: fc.Arbitrary<bigint | null>): fc.Arbitrary<TimeRange> {
  return fc
    .record({ start: bound, end: bound, includesStart: fc.boolean(), includesEnd: fc.boolean() })
    .map((parts) => TimeRange.of(parts));
}
const anyRange = fc.oneof(rangeOf(nearBound), rangeOf(farBound));
const nearRange = rangeOf(nearBound);

/** Twice as fine as a nanosecond, so that a point between two nanoseconds can be asked for: half-nanosecond h lies at h/2 ns. */
function containsHalfNanosecond(range: TimeRange, h: bigint): boolean {
  const afterStart = range.start === null || (range.includesStart ? h >= range.start * 2n : h > range.start * 2n);
  const beforeEnd = range.end === null || (range.includesEnd ? h <= range.end * 2n : h < range.end * 2n);
  return afterStart && beforeEnd;
}
const HALF_NANOSECONDS = Array.from({ length: 25 }, (_, index) => BigInt(index - 12));

fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 8200) });

describe('TimeRange.parse', () => {
  it.each([
    ['_', '_'],
    ['[_]', '_'],
    ['(_)', '_'],
    ['()', '()'],
    ['', '()'],
    ['[', '()'],
    ['[]', '()'],
    ['(]', '()'],
    ['1:0', '[1:0]'],
    ['[1:0', '[1:0]'],
    ['1:0)', '[1:0]'],
    ['(1:0)', '[1:0]'],
    ['0:0_10:0', '[0:0_10:0]'],
    ['0:0_10:0)', '[0:0_10:0)'],
    ['(5:0_', '(5:0_'],
    ['5:0_)', '[5:0_'],
    ['(_5:0', '_5:0]'],
    ['_5:0)', '_5:0)'],
    ['[1:0_1:0]', '[1:0]'],
    ['[1:0_1:0)', '()'],
    ['[10:0_5:0]', '()'],
    ['[-0:0_0:5)', '[0:0_0:5)'],
    ['[-0:5_-0:0]', '[-0:5_0:0]'],
  ])('reads %j as %s', (text, canonical) => {
    expect(TimeRange.parse(text).toString()).toBe(canonical);
    expect(JSON.stringify([TimeRange.parse(text)])).toBe(JSON.stringify([canonical]));
  });

  it('keeps nanoseconds, markers and unbounded sides', () => {
    expect(TimeRange.parse('(-0:5_1694429247:40000000]')).toMatchObject({
      start: -5n,
      end: 1_694_429_247_040_000_000n,
      includesStart: false,
      includesEnd: true,
    });
    expect(TimeRange.parse('(_1:0)')).toMatchObject({
      start: null,
      end: SECOND,
      includesStart: true,
      includesEnd: false,
    });
  });

  it.each([
    ['[1_2)', '"1" is no timestamp: write {sign?}{seconds}:{nanoseconds}'],
    ['[1.5_2.5)', 'not a decimal fraction'],
    ['[01:0_2:0)', '"01:0" is no timestamp: seconds and nanoseconds must not have leading zeros'],
    ['[1:0_2:0)x', '"2:0)x" is no timestamp'],
    ['[1:0_2:1000000000)', 'nanoseconds must be 0 to 999999999'],
    ['[1:-5_2:0)', 'the sign stands before the seconds'],
    ['1:0_2:0_3:0', 'more than one "_"'],
    ['[1:0_2:0)\n', 'white space'],
    ['[1:0 _2:0)', 'white space'],
    ['eternity', '"eternity" is no timestamp'],
    [')1:0_2:0(', 'is no timestamp'],
  ])('refuses %j and says why', (text, reason) => {
    const refused = refusalOf(text);
    expect(refused?.code).toBe('invalid_timerange');
    expect(refused?.message).toContain(reason);
    expect(refused?.message.length).toBeLessThan(300);
  });

  it('refuses a text too long to read in linear time', () => {
    const refused = refusalOf(`[0:0_${'9'.repeat(LONGEST_TIMING_TEXT)}:0)`);
    expect(refused?.message).toContain(`more than ${LONGEST_TIMING_TEXT} characters`);
    expect(refused?.message.length).toBeLessThan(300);
  });

  it('accepts exactly what the pattern of the specification does', () => {
    const piece = fc.constantFrom(
      '[',
      '(',
      ']',
      ')',
      '_',
      '-',
      ':',
      '0',
      '1',
      '10',
      '999999999',
      '1:0',
      '-0:5',
      ' ',
      '+',
      '.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('');
        expect(refusalOf(text) === undefined).toBe(SPECIFICATION_PATTERN.test(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        expect(TimeRange.parse(range.toString())).toEqual(range);
        expect(TimeRange.parse(range.toString()).equals(range)).toBe(true);
      }),
    );
  });

  it('takes linear time for hostile texts', () => {
    const nearlyRight = [
      `[${'1'.repeat(8000)}`,
      '0:0_'.repeat(2000),
      `${'['.repeat(8000)}0:0`,
      `-0:${'9'.repeat(8000)}`,
    ];
    const began = performance.now();
    for (let round = 0; round < 50; round += 1) for (const text of nearlyRight) expect(refusalOf(text)).toBeDefined();
    // 200 texts of 8,000 characters: milliseconds when linear, hours when a pattern backtracks.
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('the algebra of TimeRange', () => {
  it('intersects to exactly the points that lie in both', () => {
    fc.assert(
      fc.property(nearRange, nearRange, (a, b) => {
        const both = a.intersect(b);
        for (const h of HALF_NANOSECONDS) {
          expect(containsHalfNanosecond(both, h)).toBe(containsHalfNanosecond(a, h) && containsHalfNanosecond(b, h));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('intersects in either order, within both, and overlaps when something is shared', () => {
    fc.assert(
      fc.property(anyRange, anyRange, (a, b) => {
        const both = a.intersect(b);
        expect(both).toEqual(b.intersect(a));
        expect(a.overlaps(b)).toBe(!both.isEmpty());
        if (!both.isEmpty()) expect(a.contains(both) && b.contains(both)).toBe(true);
        if (!b.isEmpty()) expect(a.contains(b)).toBe(both.equals(b));
      }),
    );
  });

  it('contains the points its markers say', () => {
    fc.assert(
      fc.property(nearRange, fc.bigInt({ min: -6n, max: 6n }), (range, nanoseconds) => {
        expect(range.containsInstant(nanoseconds)).toBe(containsHalfNanosecond(range, nanoseconds * 2n));
      }),
    );
  });

  it('extends to the smallest range that covers both', () => {
    fc.assert(
      fc.property(anyRange, anyRange, anyRange, (a, b, other) => {
        const cover = a.extendToCover(b);
        expect(cover).toEqual(b.extendToCover(a));
        for (const part of [a, b]) if (!part.isEmpty()) expect(cover.contains(part)).toBe(true);
        if (!cover.isEmpty() && other.contains(a) && other.contains(b)) expect(other.contains(cover)).toBe(true);
      }),
    );
    expect(TimeRange.parse('[0:0_1:0)').extendToCover(TimeRange.parse('(5:0_6:0]')).toString()).toBe('[0:0_6:0]');
  });

  it('shifts back to where it was, keeping duration and emptiness', () => {
    fc.assert(
      fc.property(anyRange, fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }), (range, offset) => {
        const moved = range.shift(offset);
        expect(moved.shift(-offset)).toEqual(range);
        expect(moved.durationNanoseconds).toBe(range.durationNanoseconds);
        expect(moved.isEmpty()).toBe(range.isEmpty());
      }),
    );
    expect(
      TimeRange.parse('(10:0_20:0]')
        .shift(-(10n * SECOND))
        .toString(),
    ).toBe('(0:0_10:0]');
  });

  it.each([
    ['[0:0_10:0)', 10n * SECOND],
    ['[0:0_10:0]', 10n * SECOND],
    ['[1:0]', 0n],
    ['()', 0n],
    ['[1:0_', null],
    ['_', null],
  ])('%s lasts %s ns', (text, nanoseconds) => {
    expect(TimeRange.parse(text).durationNanoseconds).toBe(nanoseconds);
  });
});

describe('TimeRange in the database', () => {
  it.each([
    ['[0:0_0:10)', 0n, 10n],
    ['[0:0_0:10]', 0n, 11n],
    ['(0:0_0:10)', 1n, 10n],
    ['[0:7]', 7n, 8n],
    ['(0:5_', 6n, null],
    ['_0:5]', null, 6n],
    ['_', null, null],
    ['()', 0n, 0n],
    ['(0:0_0:1)', 1n, 1n],
  ])('%s is [%s, %s) on whole nanoseconds', (text, start, end) => {
    expect(TimeRange.parse(text).toHalfOpen()).toEqual({ start, end });
  });

  it('holds the same whole nanoseconds half-open', () => {
    fc.assert(
      fc.property(nearRange, (range) => {
        const { start, end } = range.toHalfOpen();
        const held = [-6n, -5n, -4n, -3n, -2n, -1n, 0n, 1n, 2n, 3n, 4n, 5n, 6n].filter((ns) =>
          range.containsInstant(ns),
        );
        const back = TimeRange.fromHalfOpen({ start, end });
        for (let ns = -6n; ns <= 6n; ns += 1n) {
          expect((start === null || ns >= start) && (end === null || ns < end)).toBe(held.includes(ns));
          expect(back.containsInstant(ns)).toBe(held.includes(ns));
        }
        expect(range.hasNanoseconds()).toBe(held.length > 0);
        expect(back.isEmpty()).toBe(held.length === 0);
      }),
      { numRuns: 500 },
    );
  });

  it('tells a range with no whole nanosecond from an empty one', () => {
    const gap = TimeRange.parse('(0:0_0:1)');
    expect([gap.isEmpty(), gap.hasNanoseconds()]).toEqual([false, false]);
    expect(TimeRange.fromHalfOpen(gap.toHalfOpen())).toBe(TimeRange.NEVER);
  });

  it.each([
    [{ start: EARLIEST_NANOSECONDS + 1n, end: LATEST_NANOSECONDS - 1n, includesEnd: false }, true],
    [{ start: EARLIEST_NANOSECONDS, end: 0n }, false],
    [{ start: EARLIEST_NANOSECONDS, end: 0n, includesStart: false }, true],
    [{ start: 0n, end: LATEST_NANOSECONDS, includesEnd: false }, false],
    [{ start: 0n, end: LATEST_NANOSECONDS - 1n, includesEnd: true }, false],
    [{ start: LATEST_NANOSECONDS, end: null }, false],
    [{ start: 2n ** 70n, end: 2n ** 71n }, false],
    [{ start: null, end: null }, true],
  ])('%j fits int8: %s', (parts, storable) => {
    expect(TimeRange.of(parts).isStorable()).toBe(storable);
  });

  it('survives storing, when it fits', () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        fc.pre(range.isStorable() && range.hasNanoseconds());
        const stored = range.clampToStorable();
        expect(TimeRange.fromStorable(stored).toHalfOpen()).toEqual(range.toHalfOpen());
      }),
    );
  });

  it('queries int8 columns for exactly what overlaps, however far the query lies', () => {
    fc.assert(
      fc.property(anyRange, anyRange, (segment, query) => {
        fc.pre(segment.isStorable() && segment.hasNanoseconds() && (query.hasNanoseconds() || query.isEmpty()));
        const stored = segment.clampToStorable();
        const { start, end } = query.clampToStorable();
        for (const bound of [start, end]) expect(BigInt.asIntN(64, bound)).toBe(bound);
        // What both hold on whole nanoseconds: the database does not see the time between two of them.
        const wholeNanoseconds = TimeRange.fromHalfOpen(segment.toHalfOpen());
        const asked = TimeRange.fromHalfOpen(query.toHalfOpen());
        expect(stored.start < end && stored.end > start).toBe(wholeNanoseconds.overlaps(asked));
      }),
      { numRuns: 2000 },
    );
  });
});

function refusalOf(text: string): TimingError | undefined {
  try {
    TimeRange.parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof TimingError) return error;
    throw error;
  }
}
