import fc from 'fast-check';
import { publish, upToUnsettledGap } from '../live/published-entry';
import { entriesOf, isNoticedGap, NANOSECONDS_PER_SECOND, targetDurationOf } from './entry';
import { mediaPlaylistText } from './media-playlist';
import type { PlayableSegment } from './playable-segment';

const MILLISECOND = 1_000_000n;

/** Any segments that do not overlap: lengths, holes, clocks, parts of objects, initialisation objects. */
const segmentsArbitrary = fc
  .array(
    fc.record({
      hole: fc.oneof(fc.constant(0n), fc.bigInt(0n, 20_000n * MILLISECOND)),
      length: fc.bigInt(1n, 8_000n * MILLISECOND),
      offset: fc.constantFrom(0n, 0n, 5n * NANOSECONDS_PER_SECOND, -1n),
      unusedTail: fc.constantFrom(0n, 0n, NANOSECONDS_PER_SECOND),
      initObjectId: fc.constantFrom(null, 'a', 'b'),
      settled: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((parts) => {
    let at = -3n * NANOSECONDS_PER_SECOND;
    return parts.map(({ hole, length, offset, unusedTail, initObjectId, settled }) => {
      const start = at + hole;
      at = start + length;
      const objectEnd = at - offset + unusedTail;
      return { start, end: at, offset, objectStart: start - offset, objectEnd, initObjectId, settled };
    });
  });

describe('entries', () => {
  it('are together as long as the timeline, follow one another, and keep to the target duration', () => {
    fc.assert(
      fc.property(segmentsArbitrary, (segments) => {
        const targetDuration = targetDurationOf(segments);
        const entries = entriesOf(segments, targetDuration);
        expect(entries[0]?.start).toBe(segments[0]?.start);
        expect(entries.at(-1)?.end).toBe(segments.at(-1)?.end);
        entries.forEach((entry, index) => {
          expect(entry.start).toBe(entries[index - 1]?.end ?? entry.start);
          expect(entry.end > entry.start).toBe(true);
          if (!entry.segment) expect(targetDurationOf([entry])).toBeLessThanOrEqual(targetDuration);
        });
        expect(entries.flatMap(({ segment }) => segment ?? [])).toEqual(segments);
      }),
    );
  });

  it('are written with their exact lengths', () => {
    fc.assert(
      fc.property(segmentsArbitrary, (segments) => {
        const targetDuration = targetDurationOf(segments);
        const text = mediaPlaylistText(
          {
            entries: entriesOf(segments, targetDuration),
            targetDuration,
            mediaSequence: 0,
            discontinuitySequence: 0,
            isWhole: true,
            isEnded: true,
          },
          { segment: ({ end }) => String(end), init: (id) => id, gap: 'gap' },
          0,
        );
        const sum = [...text.matchAll(/#EXTINF:(\d+)\.(\d+),/g)].reduce(
          (total, [, whole = '0', fraction = '0']) =>
            total + BigInt(whole) * NANOSECONDS_PER_SECOND + BigInt(fraction.padEnd(9, '0')),
          0n,
        );
        expect(sum).toBe((segments.at(-1)?.end ?? 0n) - (segments[0]?.start ?? 0n));
      }),
    );
  });
});

describe('numbers of a live playlist', () => {
  it('never contradict each other, whenever players look and whichever segments come late', () => {
    fc.assert(
      fc.property(segmentsArbitrary, fc.array(fc.nat(60), { minLength: 2, maxLength: 12 }), (segments, order) => {
        const targetDuration = targetDurationOf(segments);
        // Segments become known one by one, in an order of their own; players look after each.
        const arrivals = order
          .map((position) => segments[position % segments.length])
          .filter((one) => one !== undefined);
        const known = new Set<PlayableSegment>();
        const told = new Map<number, string>();
        let last: ReturnType<typeof publish>[number] | undefined;
        for (const arrival of arrivals) {
          known.add(arrival);
          const waiting = segments.filter((one) => known.has(one) && one.end > (last?.end ?? -(2n ** 62n)));
          const ready = upToUnsettledGap(waiting, last?.end, isNoticedGap).filter(
            ({ start }) => start >= (last?.end ?? start),
          );
          if (ready.length === 0) continue;
          const next = {
            sequence: (last?.sequence ?? 99) + 1,
            discontinuitySequence: last?.discontinuitySequence ?? 0,
          };
          const entries = publish(ready, last?.segment, last !== undefined && !last.segment, targetDuration, next);
          for (const entry of entries) {
            expect(entry.sequence).toBe((last?.sequence ?? 99) + 1);
            expect(entry.start).toBe(last?.end ?? entry.start);
            expect(entry.discontinuitySequence - (last?.discontinuitySequence ?? 0)).toBe(Number(entry.discontinuity));
            expect(told.has(entry.sequence)).toBe(false);
            told.set(entry.sequence, `${entry.start}-${entry.end}`);
            last = entry;
          }
        }
      }),
    );
  });
});
