import { flowLike, segmentsOfCut } from './cut-plan';

const second = 1_000_000_000n;

describe('a cut', () => {
  const segments = [
    { object_id: 'a', timerange: '[10:0_12:0)', ts_offset: '10:0' },
    { object_id: 'b', timerange: '[12:0_14:0)', last_duration: '0:40000000' },
    { object_id: 'c', timerange: '[20:0_22:0)', last_duration: '0:40000000' },
    { object_id: 'd', timerange: '[22:0_24:0)' },
  ];

  it('uses the same objects, in part at its ends, on a timeline that begins with it', () => {
    expect(segmentsOfCut(segments, { start: 11n * second, end: 21n * second })).toEqual([
      { object_id: 'a', timerange: '[0:0_1:0)', ts_offset: '-1:0' },
      { object_id: 'b', timerange: '[1:0_3:0)', ts_offset: '-11:0', last_duration: '0:40000000' },
      { object_id: 'c', timerange: '[9:0_10:0)', ts_offset: '-11:0' },
    ]);
  });

  it('holds nothing where there is nothing', () => {
    expect(segmentsOfCut(segments, { start: 14n * second, end: 20n * second })).toEqual([]);
  });
});

describe('a Flow like another', () => {
  const own = { id: 'new', source_id: 'newer', label: 'Cut', description: 'of it' };

  it('keeps what describes the media, and not what belongs to the original', () => {
    const original = {
      ...{ id: 'old', source_id: 'older', label: 'Whole', format: 'video', codec: 'video/h264', generation: 1 },
      ...{ read_only: true, status: 'ingesting', created: 'then', metadata_version: '1', avg_bit_rate: 5 },
    };
    expect(flowLike(original, own)).toEqual({
      ...own,
      format: 'video',
      codec: 'video/h264',
      generation: 1,
      status: 'closed_complete',
    });
  });

  it('takes its technical metadata from the same Profile', () => {
    const original = { id: 'old', source_id: 'older', profile_id: 'p', format: 'video', codec: 'video/h264' };
    expect(flowLike(original, own)).toEqual({ ...own, profile_id: 'p', status: 'closed_complete' });
  });
});
