import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TimeRange, TimingError } from './index';

interface RangeVector {
  input: string;
  valid: boolean;
  empty?: boolean;
  canonical?: string;
  start_ns?: string | null;
  end_ns?: string | null;
  includes_start?: boolean;
  includes_end?: boolean;
}

interface PairVector {
  a: string;
  b: string;
  overlaps: boolean;
  contains: boolean;
  intersection: string;
}

interface Vectors {
  ranges: RangeVector[];
  pairs: PairVector[];
}

// The vectors lie beside the specification, which is not part of the repository: see test/contract/specification.ts.
const projectRoot = resolve(__dirname, '../../..');
const configured = process.env['TAMS_SPEC_DIR'];
const folders = configured ? [resolve(configured, '..')] : ['../shared', '../../shared'];
const place = folders
  .map((folder) => resolve(projectRoot, folder, 'timerange-vectors.json'))
  .find((candidate) => existsSync(candidate));

/** What our library says of a text, in the shape of the vectors. */
function describeRange(input: string): RangeVector {
  try {
    const range = TimeRange.parse(input);
    return {
      input,
      valid: true,
      empty: range.isEmpty(),
      canonical: range.toString(),
      start_ns: range.start?.toString() ?? null,
      end_ns: range.end?.toString() ?? null,
      includes_start: range.includesStart,
      includes_end: range.includesEnd,
    };
  } catch (error) {
    if (error instanceof TimingError) return { input, valid: false };
    throw error;
  }
}

/** What our library says of two texts, in the shape of the vectors. */
function describePair(first: string, second: string): PairVector {
  const [a, b] = [TimeRange.parse(first), TimeRange.parse(second)];
  return {
    a: first,
    b: second,
    overlaps: a.overlaps(b),
    contains: a.contains(b),
    intersection: a.intersect(b).toString(),
  };
}

describe("the answers of BBC R&D's mediatimestamp", () => {
  if (place === undefined) {
    it.skip('agree (skipped: there is no timerange-vectors.json beside the specification)', () => undefined);
    return;
  }
  const { ranges, pairs } = JSON.parse(readFileSync(place, 'utf8')) as Vectors;

  it(`agree on all ${ranges.length} ranges`, () => {
    expect(ranges.length).toBeGreaterThan(0);
    expect(ranges.map(({ input }) => describeRange(input))).toEqual(ranges);
  });

  it(`agree on all ${pairs.length} pairs`, () => {
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.map(({ a, b }) => describePair(a, b))).toEqual(pairs);
  });
});
