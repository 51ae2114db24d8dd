import { quantileOf } from './quantile';
import type { Reading } from './readings';
import { SeriesMemory } from './series-memory';

let counted = 0;
let level = 0;
const buckets = new Float64Array(3);
const readings: readonly Reading[] = [
  { kind: 'rate', name: 'rate', unit: 'things/s', help: '', read: () => counted },
  { kind: 'gauge', name: 'level', unit: 'things', help: '', read: () => level },
  {
    kind: 'quantile',
    name: 'half',
    unit: 's',
    help: '',
    share: 0.5,
    source: () => ({ bounds: [1, 2], counts: buckets.slice() }),
  },
];

describe('figures over time', () => {
  it('are rates between two looks, levels at a look, and quantiles of what ended in between', () => {
    const memory = new SeriesMemory(readings);
    memory.look(0);
    counted += 50;
    level = 7;
    buckets[1] = 10;
    memory.look(5);
    memory.look(10);
    expect(memory.points('hour').map(({ points }) => points)).toEqual([
      [10, 0],
      [7, 7],
      [1.5, null],
    ]);
    expect(memory.newest()).toEqual({ rate: 0, level: 7, half: null });
    expect(memory.points('hour', ['level'])).toHaveLength(1);
  });

  it('are kept for an hour, and by the minute for a day, in memory that does not grow', () => {
    const memory = new SeriesMemory(readings);
    const { bytes } = memory;
    for (let look = 0; look < 30 * 3600; look += 5) {
      counted += 5;
      level = look % 60 === 30 ? 100 : 1;
      memory.look(look);
    }
    expect(memory.points('hour').map(({ points }) => points.length)).toEqual([720, 720, 720]);
    const [rate, highest] = memory.points('day');
    expect(rate!.points).toHaveLength(1440);
    expect(new Set(rate!.points)).toEqual(new Set([1]));
    // A minute shows the worst of its looks.
    expect(new Set(highest!.points)).toEqual(new Set([100]));
    expect(memory.bytes).toBe(bytes);
  });
});

it('quantiles are estimated as Prometheus does', () => {
  expect(quantileOf(0.5, [1, 2, 4], [0, 10, 10, 0])).toBe(2);
  expect(quantileOf(0.95, [1, 2, 4], [0, 10, 10, 0])).toBeCloseTo(3.8);
  expect(quantileOf(0.5, [1, 2, 4], [0, 0, 0, 3])).toBe(4);
  expect(quantileOf(0.5, [1, 2, 4], [0, 0, 0, 0])).toBeNaN();
});
