import fc from 'fast-check';
import { BatchTimeline, type Stretch } from './batch-timeline';

const stretch = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 8 }))
  .map(([start, length]): Stretch => ({ start: BigInt(start), end: BigInt(start + length) }));

it('takes what overlaps nothing, and finds what overlaps, like a search through everything', () => {
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 40 }), (stretches) => {
      const timeline = new BatchTimeline();
      const taken: Stretch[] = [];
      for (const wanted of stretches) {
        const first = taken
          .filter(({ start, end }) => start < wanted.end && end > wanted.start)
          .sort((a, b) => Number(a.start - b.start))[0];
        expect(timeline.overlapping(wanted)).toBe(first);
        if (first) continue;
        timeline.take(wanted);
        taken.push(wanted);
      }
      expect(timeline.items).toEqual(taken.sort((a, b) => Number(a.start - b.start)));
    }),
  );
});
