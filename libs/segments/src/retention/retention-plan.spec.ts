import { emptyFlowItem, taggedItems } from './retention-plan';
import type { RetainedFlow } from './retention.repository';

const now = new Date('2026-03-01T12:00:00.000Z');
/** Seconds of TAI at `now`. */
const NOW_TAI = 1_772_366_437n;

const flow = (changes: Partial<RetainedFlow>): RetainedFlow => ({
  id: 'a-flow',
  label: null,
  tags: null,
  read_only: false,
  deletion_request: null,
  deletions_pending: 0,
  segment_count: '7',
  changed: '2026-03-01T11:00:00.000Z',
  first_end_ns: null,
  collection: false,
  ...changes,
});

describe('retention of segments', () => {
  const tags = { segment_retention_offset: '60:0' };

  it('is due from the end of the first segment on, and takes what lies wholly before', () => {
    const first_end_ns = String((NOW_TAI - 60n) * 1_000_000_000n);
    expect(taggedItems(flow({ tags, first_end_ns }), now)).toEqual([
      {
        flow_id: 'a-flow',
        what: 'segments',
        due: '2026-03-01T12:00:00.000Z',
        due_now: true,
        timerange: `_${NOW_TAI - 60n}:0)`,
      },
    ]);
  });

  it('is not due a nanosecond earlier', () => {
    const first_end_ns = String((NOW_TAI - 60n) * 1_000_000_000n + 1n);
    expect(taggedItems(flow({ tags, first_end_ns }), now)).toMatchObject([{ due_now: false }]);
  });

  it('says why a tag takes nothing', () => {
    const item = (value: string | string[]) => taggedItems(flow({ tags: { segment_retention_offset: value } }), now)[0];
    expect(item('a week')?.problem).toContain('no timestamp');
    expect(item(['1:0', '2:0'])?.problem).toContain('list of values');
  });

  it.each([
    [{ read_only: true }, 'The Flow is read-only.'],
    [{ deletion_request: 'one' }, 'The Flow is being deleted already.'],
    [{ deletions_pending: 1 }, 'Segments of the Flow are being deleted already.'],
  ])('is held by %j', (changes, held) => {
    expect(taggedItems(flow({ tags, first_end_ns: '0', ...changes }), now)).toMatchObject([{ due_now: true, held }]);
  });
});

describe('retention of a Flow', () => {
  it('counts from its last change, and takes its segments with it', () => {
    const tags = { flow_retention_offset: '3600:0', segment_retention_offset: '0:0' };
    expect(taggedItems(flow({ tags, first_end_ns: '0' }), now)).toEqual([
      { flow_id: 'a-flow', what: 'flow', due: '2026-03-01T12:00:00.000Z', segments: 7, due_now: true },
    ]);
  });

  it('cannot be negative: nothing goes before it was last changed', () => {
    expect(taggedItems(flow({ tags: { flow_retention_offset: '-1:0' } }), now)).toMatchObject([
      { what: 'flow', due_now: false, problem: expect.stringContaining('is negative') as string },
    ]);
  });

  it('takes an empty one at an age in seconds', () => {
    expect(emptyFlowItem(flow({}), now, 3600)).toMatchObject({ what: 'empty-flow', due_now: true });
    expect(emptyFlowItem(flow({}), now, 3601)).toMatchObject({ due_now: false, due: '2026-03-01T12:00:01.000Z' });
  });
});
