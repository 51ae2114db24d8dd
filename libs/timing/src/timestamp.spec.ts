import fc from 'fast-check';
import { EARLIEST_NANOSECONDS, LATEST_NANOSECONDS, LONGEST_TIMING_TEXT, Timestamp, TimingError } from './index';

/** Beyond int8 too: the timeline has no limit of its own. */
const anyNanoseconds = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });

fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 8200) });

describe('Timestamp', () => {
  it.each([
    ['0:0', 0n],
    ['-0:0', 0n],
    ['0:5', 5n],
    ['-0:5', -5n],
    ['-1:5', -1_000_000_005n],
    ['1:40000000', 1_040_000_000n],
    ['1694429247:999999999', 1_694_429_247_999_999_999n],
    ['281474976710655:999999999', 281_474_976_710_655_999_999_999n],
    ['12345678901234567890:1', 12_345_678_901_234_567_890_000_000_001n],
  ])('reads %s as %s ns', (text, nanoseconds) => {
    expect(Timestamp.parse(text).nanoseconds).toBe(nanoseconds);
  });

  it.each([
    ['', 'write {sign?}{seconds}:{nanoseconds}'],
    ['1', 'write {sign?}{seconds}:{nanoseconds}'],
    ['1:2:3', 'write {sign?}{seconds}:{nanoseconds}'],
    ['1.5', 'not a decimal fraction'],
    ['01:0', 'leading zeros'],
    ['1:00', 'leading zeros'],
    ['1:1000000000', '0 to 999999999'],
    ['1:-5', 'the sign stands before the seconds'],
    ['+1:0', 'has no sign'],
    ['1:0\n', 'white space'],
    [' 1:0', 'white space'],
    ['--1:0', 'write {sign?}{seconds}:{nanoseconds}'],
    ['1:٣', 'write {sign?}{seconds}:{nanoseconds}'],
  ])('refuses %j and says why', (text, reason) => {
    const refused = refusalOf(() => Timestamp.parse(text));
    expect(refused.code).toBe('invalid_timestamp');
    expect(refused.text).toBe(text);
    expect(refused.message).toContain(reason);
    expect(refused.message.length).toBeLessThan(300);
  });

  it('refuses a text too long to read in linear time', () => {
    const longest = `${'9'.repeat(LONGEST_TIMING_TEXT - 2)}:0`;
    expect(Timestamp.parse(longest).toString()).toBe(longest);
    const refused = refusalOf(() => Timestamp.parse(`9${longest}`));
    expect(refused.message).toContain(`more than ${LONGEST_TIMING_TEXT} characters`);
    expect(refused.message.length).toBeLessThan(300);
  });

  it('writes what it reads, for every number of nanoseconds', () => {
    fc.assert(
      fc.property(anyNanoseconds, (nanoseconds) => {
        const text = Timestamp.fromNanoseconds(nanoseconds).toString();
        expect(Timestamp.parse(text).nanoseconds).toBe(nanoseconds);
        expect(Timestamp.parse(text).toString()).toBe(text);
      }),
    );
  });

  it('adds, subtracts and compares as its nanoseconds do', () => {
    fc.assert(
      fc.property(anyNanoseconds, anyNanoseconds, (a, b) => {
        const [first, second] = [Timestamp.fromNanoseconds(a), Timestamp.fromNanoseconds(b)];
        expect(first.add(second).nanoseconds).toBe(a + b);
        expect(first.add(second).subtract(second).equals(first)).toBe(true);
        expect(Math.sign(first.compare(second))).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect(first.equals(second)).toBe(a === b);
      }),
    );
  });

  it('knows what an int8 column holds', () => {
    expect(Timestamp.MIN.nanoseconds).toBe(EARLIEST_NANOSECONDS);
    expect(Timestamp.MAX.toString()).toBe('9223372036:854775807');
    expect(Timestamp.MAX.isStorable() && Timestamp.MIN.isStorable()).toBe(true);
    expect(Timestamp.fromNanoseconds(LATEST_NANOSECONDS + 1n).isStorable()).toBe(false);
    expect(Timestamp.fromNanoseconds(EARLIEST_NANOSECONDS - 1n).isStorable()).toBe(false);
  });

  it('is its text in JSON', () => {
    expect(JSON.stringify({ ts_offset: Timestamp.fromNanoseconds(-5n), zero: Timestamp.ZERO })).toBe(
      '{"ts_offset":"-0:5","zero":"0:0"}',
    );
  });
});

function refusalOf(action: () => unknown): TimingError {
  try {
    action();
  } catch (error) {
    if (error instanceof TimingError) return error;
    throw error;
  }
  throw new Error('expected a TimingError, but nothing was thrown');
}
