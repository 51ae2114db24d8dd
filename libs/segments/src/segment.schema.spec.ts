import { flowSegmentPost, usedRangeOf } from './segment.schema';
import { segmentBatch } from './registration/segment-batch.schema';

const complaints = (changes: Readonly<Record<string, unknown>>): string[] =>
  (flowSegmentPost.safeParse({ object_id: 'object', timerange: '[0:0_1:0)', ...changes }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );

describe('a segment to register', () => {
  it.each(['[0:0_1:0)', '[5:500000000]', '[-3:0_-2:0)'])('may lie at %s', (timerange) => {
    expect(complaints({ timerange })).toEqual([]);
  });

  it.each([
    ['_', 'must have a start and an end'],
    ['[0:0_', 'must have a start and an end'],
    ['()', 'must not be empty'],
    ['[1:0_1:0)', 'must not be empty'],
    ['(0:0_1:0)', 'must include its start'],
    ['[0:0_9223372037:0)', 'must lie between'],
  ])('may not lie at %s', (timerange, message) => {
    expect(complaints({ timerange }).join()).toContain(message);
  });

  it('may not be moved beyond 64-bit nanoseconds by its ts_offset', () => {
    expect(complaints({ timerange: '[9223372036:0_9223372036:1)', ts_offset: '-9223372036:0' })).toEqual([
      'ts_offset moves the segment out of the range of 64-bit nanoseconds',
    ]);
  });

  it('names each URL once', () => {
    const url = (label: string) => ({ url: 'https://media.example.com/a.ts', label });
    expect(complaints({ get_urls: [url('origin'), url('origin')] })).toEqual(['get_urls.1.label must be unique']);
  });

  it('uses the part of its object that its timerange less ts_offset says', () => {
    const segment = flowSegmentPost.parse({ object_id: 'object', timerange: '[10:0_11:0)', ts_offset: '4:0' });
    expect(usedRangeOf(segment).toString()).toBe('[6:0_7:0)');
  });
});

describe('a list of segments', () => {
  it('sets malformed items aside, so that the others go on', () => {
    const batch = segmentBatch.parse([{ object_id: 'a', timerange: '[0:0_1:0)' }, { object_id: 'b' }, 7]);
    expect(batch.items.map(({ error }) => error?.code)).toEqual([undefined, 'validation-failed', 'validation-failed']);
  });

  it('is refused when it is empty', () => {
    expect(segmentBatch.safeParse([]).error?.issues[0]?.message).toBe('must hold at least one segment');
  });
});
