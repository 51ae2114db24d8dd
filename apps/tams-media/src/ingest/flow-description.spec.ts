import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inChunks, sampleSegment, withoutPid } from '../testing/media';
import { analyseTransportStream } from '../transport-stream/analysis';
import { describeFlows, type FlowDescriptions } from './flow-description';
import { layTimeline } from './timeline';

const configured = process.env['TAMS_SPEC_DIR'];
const projectRoot = resolve(__dirname, '../../../..');
const SCHEMAS = (configured ? [configured] : ['../shared/tams-api-8.2', '../../shared/tams-api-8.2'])
  .map((folder) => resolve(projectRoot, folder, 'schemas'))
  .find((folder) => existsSync(folder));

async function describeMedia(...media: Buffer[]): Promise<FlowDescriptions> {
  const files = [];
  for (const [index, bytes] of media.entries())
    files.push(await analyseTransportStream(`${index}.ts`, inChunks(bytes)));
  return describeFlows(layTimeline(files).segments, 'Test card', 'A test');
}

describe('describeFlows', () => {
  it('makes a multi Flow that collects video and audio', async () => {
    const { main, collected } = await describeMedia(sampleSegment(0), sampleSegment(1));
    const [video, audio] = collected;
    expect(main).toMatchObject({
      format: 'urn:x-nmos:format:multi',
      label: 'Test card',
      container: 'video/mp2t',
      segment_duration: { numerator: 2, denominator: 1 },
      avg_bit_rate: 418,
      max_bit_rate: 439,
      flow_collection: [
        {
          id: video?.id,
          role: 'video',
          container_mapping: { track_index: 0, format_track_index: 0, mp2ts_container: { pid: 256 } },
        },
        {
          id: audio?.id,
          role: 'audio',
          container_mapping: { track_index: 1, format_track_index: 0, mp2ts_container: { pid: 257 } },
        },
      ],
    });
    expect(video).toMatchObject({
      codec: 'video/h264',
      essence_parameters: {
        frame_rate: { numerator: 25, denominator: 1 },
        frame_width: 640,
        frame_height: 360,
        interlace_mode: 'progressive',
        colorspace: 'BT709',
        aspect_ratio: { numerator: 16, denominator: 9 },
        avc_parameters: { profile: 100, level: 30, flags: 0 },
      },
    });
    expect(audio).toMatchObject({ codec: 'audio/aac', essence_parameters: { sample_rate: 48000, channels: 2 } });
    // Without a container: their media is in the segments of the multi Flow.
    expect(collected.map((flow) => flow.container)).toEqual([undefined, undefined]);
    const ids = [main, ...collected].flatMap((flow) => [flow.id, flow.source_id]);
    expect(new Set(ids).size).toBe(6);
  });

  it('makes one Flow with the container for a single kind of media', async () => {
    const { main, collected } = await describeMedia(withoutPid(sampleSegment(0), 256));
    expect(collected).toEqual([]);
    expect(main).toMatchObject({ format: 'urn:x-nmos:format:audio', codec: 'audio/aac', container: 'video/mp2t' });
  });

  it('refuses files that differ in what a Flow says once', async () => {
    const files = [
      await analyseTransportStream('a.ts', inChunks(sampleSegment(0))),
      await analyseTransportStream('b.ts', inChunks(sampleSegment(1))),
    ];
    const { parameters } = files[1]!.video!;
    parameters.width = 1280;
    expect(() => describeFlows(layTimeline(files).segments, '', '')).toThrow(
      'b.ts holds H.264 1280x360 on PID 256, but a.ts holds H.264 640x360 on PID 256',
    );
  });

  const withSchemas = SCHEMAS ? it : it.skip;
  const absence = SCHEMAS ? '' : ' (skipped: the schemas of the TAMS specification are not there)';
  withSchemas(`fits the schemas of the specification${absence}`, async () => {
    const folder = SCHEMAS ?? '';
    const ajv = addFormats(new Ajv2020({ strict: false }));
    for (const name of readdirSync(folder)) {
      ajv.addSchema(JSON.parse(readFileSync(join(folder, name), 'utf8')) as object, name);
    }
    const descriptions = [
      await describeMedia(sampleSegment(0), sampleSegment(1)),
      await describeMedia(withoutPid(sampleSegment(0), 256)),
      await describeMedia(withoutPid(sampleSegment(0), 257)),
    ];
    for (const flow of descriptions.flatMap(({ main, collected }) => [main, ...collected])) {
      ajv.validate('flow-put.json', { ...flow, status: 'ingesting' });
      expect(ajv.errors ?? []).toEqual([]);
    }
  });
});
