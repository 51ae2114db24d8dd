import { formatTimeRange, formatTimestamp, ROLLOVER_TICKS } from '../media-time';
import type { MediaAnalysis } from '../transport-stream/analysis';
import { coverageOf, layTimeline } from './timeline';

/** A file of 25 frames a second whose pictures are presented from `first` to `last` ticks. */
function file(name: string, first: number, last: number): MediaAnalysis {
  const rate = { numerator: 25, denominator: 1 };
  return {
    name,
    bytes: 188,
    warnings: [],
    video: {
      pid: 256,
      bytes: 100,
      keyFrames: 1,
      parameters: {
        profile: 100,
        flags: 0,
        level: 30,
        width: 640,
        height: 360,
        bitDepth: 8,
        chromaFormat: 1,
        framesOnly: true,
      },
      timing: { frameRate: rate, pictureDuration: { numerator: 1, denominator: 25 } },
      firstTicks: first,
      lastTicks: last,
      lastDuration: { numerator: 1, denominator: 25 },
    },
  };
}

function ranges(files: MediaAnalysis[]): string[] {
  return layTimeline(files).segments.map(({ start, end }) => formatTimeRange(start, end));
}

describe('layTimeline', () => {
  it('reaches from the first picture to the end of the last one', () => {
    expect(ranges([file('a', 133200, 309600)])).toEqual(['[1:480000000_3:480000000)']);
  });

  it('lets neighbours meet when they are within a frame of one another', () => {
    const early = [file('a', 0, 176400), file('b', 179000, 356400)];
    expect(ranges(early)).toEqual(['[0:0_1:988888889)', '[1:988888889_4:0)']);
    const late = layTimeline([file('a', 0, 176400), file('b', 181000, 356400)]);
    expect(late.segments[0]?.end).toBe(late.segments[1]?.start);
    // From the last picture (1.96 s) to where the neighbour starts.
    expect(formatTimestamp(late.segments[0]?.lastDuration ?? 0n)).toBe('0:51111111');
    expect(late.warnings).toEqual([]);
  });

  it('keeps a real gap and tells of it', () => {
    const { segments, warnings } = layTimeline([file('a', 0, 176400), file('b', 270000, 446400)]);
    expect(segments.map(({ start, end }) => formatTimeRange(start, end))).toEqual(['[0:0_2:0)', '[3:0_5:0)']);
    expect(warnings).toEqual(['1:0 without media between a and b']);
    expect(coverageOf(segments)).toBe('[0:0_5:0)');
  });

  it('says what to add to the media times after a rollover', () => {
    const { segments } = layTimeline([
      file('a', ROLLOVER_TICKS - 180000, ROLLOVER_TICKS - 3600),
      file('b', ROLLOVER_TICKS, ROLLOVER_TICKS + 176400),
    ]);
    expect(segments.map(({ tsOffset }) => formatTimestamp(tsOffset))).toEqual(['0:0', '95443:717688889']);
    expect(segments[0]?.end).toBe(segments[1]?.start);
  });

  it('refuses files that go back in time, overlap, or start their clock anew', () => {
    const first = file('a', 900000, 1076400);
    expect(() => layTimeline([first, file('b', 0, 176400)])).toThrow('b starts at 0:0, before a');
    expect(() => layTimeline([first, file('b', 1000000, 1176400)])).toThrow('inside a ([10:0_12:0))');
    const late = file('a', ROLLOVER_TICKS - 3_000_000_000, ROLLOVER_TICKS - 2_999_823_600);
    expect(() => layTimeline([late, file('b', ROLLOVER_TICKS + 90000, ROLLOVER_TICKS + 266400)])).toThrow(
      'the clock falls from PTS 5590110992 in a to 90000 in b, and that is not a 33-bit rollover',
    );
  });
});
