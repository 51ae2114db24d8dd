import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nanosecondsOf, readComposition, writeComposition } from './open-timeline';

const FLOW = 'f87f7f32-a34d-4a6f-b085-a5ee49b4b2f8';
const SOURCE = '9bb414a5-862c-494f-86ce-8e2720ecc315';

/** As the reference implementation writes it, numbers with a fraction included. */
function timelineOf(...children: string[]): string {
  return `{"OTIO_SCHEMA": "Timeline.1", "metadata": {}, "name": "cut", "global_start_time": null, "tracks": {
    "OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [
      {"OTIO_SCHEMA": "Track.1", "name": "V1", "kind": "Video", "children": [${children.join(',')}]}]}}`;
}

const time = (value: string, rate: string): string =>
  `{"OTIO_SCHEMA": "RationalTime.1", "rate": ${rate}, "value": ${value}}`;
const range = (start: string, duration: string): string =>
  `{"OTIO_SCHEMA": "TimeRange.1", "start_time": ${start}, "duration": ${duration}}`;

describe('readComposition', () => {
  it('reads clips of Flows and Sources and the gaps between them, to the nanosecond', () => {
    const clip = `{"OTIO_SCHEMA": "Clip.2", "name": "a", "effects": [], "source_range": ${range(time('1723124225400000001.0', '1000000000.0'), time('111.0', '50.0'))},
      "media_references": {"DEFAULT_MEDIA": {"OTIO_SCHEMA": "ExternalReference.1", "target_url": "tamss://tams.example.com/flows/${FLOW}"}}, "active_media_reference_key": "DEFAULT_MEDIA"}`;
    const gap = `{"OTIO_SCHEMA": "Gap.1", "source_range": ${range(time('0', '25'), time('50', '25'))}}`;
    const missing = `{"OTIO_SCHEMA": "Clip.1", "name": "b", "media_reference": {"OTIO_SCHEMA": "MissingReference.1",
      "metadata": {"bbc.github.io/tams": {"source_id": "${SOURCE}", "available_range_offset": "10:0"}}, "available_range": ${range(time('30', '30000.0'), time('1', '1'))}}}`;
    const { name, tracks } = readComposition('cut.otio', timelineOf(clip, gap, missing));
    expect(name).toBe('cut');
    expect(tracks).toEqual([
      {
        kind: 'video',
        items: [
          { reference: { flowId: FLOW }, start: 1723124225400000001n, end: 1723124227620000001n },
          { gap: 2_000_000_000n },
          { reference: { sourceId: SOURCE }, start: 10_001_000_000n, end: 11_001_000_000n },
        ],
      },
    ]);
  });

  it('reads what the reference implementation wrote (OpenTimelineIO 0.18.1)', () => {
    const { name, tracks } = readComposition(
      'highlights.otio',
      readFileSync(join(__dirname, 'highlights.otio'), 'utf8'),
    );
    expect(name).toBe('Highlights');
    expect(tracks[0]?.items).toEqual([
      { reference: { flowId: FLOW }, start: 10_000_000_000n, end: 14_000_000_000n },
      { gap: 1_000_000_000n },
      { reference: { sourceId: SOURCE }, start: 1723124225400000000n, end: 1723124227620000000n },
    ]);
  });

  it.each([
    ['a transition', '{"OTIO_SCHEMA": "Transition.1"}', 'Transition.1'],
    [
      'an effect',
      '{"OTIO_SCHEMA": "Clip.2", "name": "slow", "effects": [{"OTIO_SCHEMA": "LinearTimeWarp.1"}]}',
      'effects on the clip slow',
    ],
    [
      'a clip of something else',
      '{"OTIO_SCHEMA": "Clip.2", "name": "file", "media_references": {}}',
      'refers to no Flow',
    ],
  ])('refuses %s', (_title, child, message) => {
    expect(() => readComposition('cut.otio', timelineOf(child))).toThrow(message);
  });

  it('refuses what is no timeline', () => {
    expect(() => readComposition('cut.otio', '{"OTIO_SCHEMA": "SerializableCollection.1"}')).toThrow(
      'is not an OpenTimelineIO timeline',
    );
    expect(() => readComposition('cut.otio', 'EDL')).toThrow('is not JSON');
  });
});

describe('nanosecondsOf', () => {
  it('counts frames of fractional rates exactly', () => {
    expect(nanosecondsOf({ value: 30000n, rate: 29.97002997 })).toBe(1_001_000_000_000n);
    expect(nanosecondsOf({ value: 1n, rate: 24n })).toBe(41_666_667n);
    expect(nanosecondsOf({ value: 12.5, rate: 25n })).toBe(500_000_000n);
  });
});

describe('writeComposition', () => {
  it('writes every digit of a time, as a number', () => {
    const items = [{ name: 'a', flowId: FLOW, start: 1723124225400000001n, end: 1723124226400000001n }];
    const text = writeComposition('cut', 'https://tams.example.com', [{ kind: 'video', items }], SOURCE);
    expect(text).toContain('"value": 1723124225400000001.0');
    expect(text).toContain(`tamss://tams.example.com/flows/${FLOW}`);
    expect(readComposition('cut.otio', text).tracks[0]?.items).toEqual([
      { reference: { flowId: FLOW }, start: 1723124225400000001n, end: 1723124226400000001n },
    ]);
  });
});
