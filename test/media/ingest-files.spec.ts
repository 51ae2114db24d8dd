import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TamsClient } from '../../apps/tams-media/src/client/tams-client';
import type { Flow, FlowSegment } from '@tams/media';
import { ingest, type IngestOptions, type IngestResult } from '../../apps/tams-media/src/ingest/ingest';
import { startTestServer, type TestServer } from '../support/test-server';
import { decodedFrames, describeWithFfmpeg, MediaMaker, picture, probeStreams, tone } from './media-maker';

describeWithFfmpeg('ingest of files', () => {
  let tams: TestServer;
  let client: TamsClient;
  let media: MediaMaker;
  let state: string;

  beforeAll(async () => {
    tams = await startTestServer();
    client = new TamsClient({ url: tams.url });
    media = await MediaMaker.create();
    state = await mkdtemp(join(tmpdir(), 'state-'));
    process.env['XDG_STATE_HOME'] = state;
  });
  afterAll(async () => {
    delete process.env['XDG_STATE_HOME'];
    await tams.stop();
    await media.dispose();
    await rm(state, { recursive: true, force: true });
  });

  const take = (path: string, options: Partial<IngestOptions> = {}): Promise<IngestResult> =>
    ingest(client, { media: path, ...options }, silent);

  async function segmentsOf(flowId: string): Promise<FlowSegment[]> {
    const segments: FlowSegment[] = [];
    for await (const page of client.segmentPages(flowId, { include_object_timerange: 'true' })) segments.push(...page);
    return segments;
  }

  async function flow(id: string): Promise<Flow> {
    const found = await client.flow(id);
    if (!found) throw new Error(`no Flow ${id}`);
    return found;
  }

  /** What a player gets that reads initialisation and media one after the other. */
  async function joined(flowId: string): Promise<string> {
    const parts: Buffer[] = [];
    let init: string | undefined;
    for (const segment of await segmentsOf(flowId)) {
      if (segment.init_object && segment.init_object.object_id !== init) {
        init = segment.init_object.object_id;
        parts.push(await bytesOf(segment.init_object.get_urls?.[0]?.url));
      }
      parts.push(await bytesOf(segment.get_urls?.[0]?.url));
    }
    const path = media.path(`${flowId}.mp4`);
    await writeFile(path, Buffer.concat(parts));
    return path;
  }

  it('cuts an MP4 at its key frames: a Flow for the picture, one for the sound, a multi Flow for both', async () => {
    const path = await media.make(`${picture(6)} ${tone(6)} ${H264} -bf 2 -g 50 -c:a aac -b:a 64k a.mp4`);
    const result = await take(path, { label: 'Interview' });
    const [video, audio] = result.flows;
    expect(result.flows.map(({ segments }) => segments.length)).toEqual([3, 3]);
    expect(await flow(result.flow_id)).toMatchObject({
      format: 'urn:x-nmos:format:multi',
      label: 'Interview',
      status: 'closed_complete',
      tags: { flow_status: 'closed_complete' },
      flow_collection: [
        { id: video?.id, role: 'video' },
        { id: audio?.id, role: 'audio' },
      ],
    });
    expect(await flow(video?.id ?? '')).toMatchObject({
      codec: 'video/h264',
      container: 'video/mp4',
      segment_duration: { numerator: 2, denominator: 1 },
      avg_bit_rate: expect.any(Number) as number,
      essence_parameters: {
        frame_rate: { numerator: 25, denominator: 1 },
        frame_width: 320,
        frame_height: 180,
        bit_depth: 8,
        interlace_mode: 'progressive',
        horiz_chroma_subs: 2,
        vert_chroma_subs: 2,
        avc_parameters: { profile: 100, level: 12, flags: 0 },
        init_segments: true,
      },
    });
    expect(await flow(audio?.id ?? '')).toMatchObject({
      codec: 'audio/aac',
      container: 'audio/mp4',
      essence_parameters: {
        sample_rate: 48000,
        channels: 1,
        codec_parameters: { coded_frame_size: 1024, mp4_oti: 2 },
        init_segments: true,
      },
    });
    const segments = await segmentsOf(video?.id ?? '');
    expect(segments.map(({ timerange }) => timerange)).toEqual(['[0:0_2:0)', '[2:0_4:0)', '[4:0_6:0)']);
    expect(segments[0]).toMatchObject({ last_duration: '0:40000000', key_frame_count: 1, ts_offset: '-1:0' });
    expect(new Set(segments.map(({ init_object }) => init_object?.object_id)).size).toBe(1);
    const frames = await decodedFrames(await joined(video?.id ?? ''), 'v:0');
    const original = await decodedFrames(path, 'v:0');
    expect(frames.map(({ md5 }) => md5)).toEqual(original.map(({ md5 }) => md5));
    expect(frames.map(({ time }) => time - 1)).toEqual(original.map(({ time }) => expect.closeTo(time, 6) as number));
  });

  it('hides what an edit list hides, and keeps it for the decoder', async () => {
    const result = await take(media.path('a.mp4'));
    const [first] = await segmentsOf(result.flows[1]?.id ?? '');
    // One AAC frame of priming lies before zero: in the object, not in the segment.
    expect(first?.timerange).toMatch(/^\[0:0_/);
    expect(first?.object_timerange).toMatch(/^\[0:978666667_/);
  });

  it('keeps picture and sound together with --muxed', async () => {
    const result = await take(media.path('a.mp4'), { muxed: true });
    expect(result.flows).toHaveLength(1);
    expect(await flow(result.flow_id)).toMatchObject({
      container: 'video/mp4',
      essence_parameters: { init_segments: true },
      flow_collection: [
        { role: 'video', container_mapping: { track_index: 0, isobmff_container: { track_id: 1 } } },
        { role: 'audio', container_mapping: { track_index: 1, isobmff_container: { track_id: 2 } } },
      ],
    });
    const streams = await probeStreams(await joined(result.flow_id));
    expect(streams.map((stream) => stream['codec_name'])).toEqual(['h264', 'aac']);
    expect((await decodedFrames(await joined(result.flow_id), 'v:0')).length).toBe(150);
  });

  it('stores sound in numbers as WAV, to the sample', async () => {
    const path = await media.make(`${tone(5)} -ac 2 -c:a pcm_s24le b.wav`);
    const result = await take(path);
    expect(await flow(result.flow_id)).toMatchObject({
      codec: 'audio/x-raw-int',
      container: 'audio/wav',
      essence_parameters: {
        sample_rate: 48000,
        channels: 2,
        bit_depth: 24,
        unc_parameters: { unc_type: 'interleaved' },
      },
    });
    const segments = await segmentsOf(result.flow_id);
    expect(segments[0]?.timerange).toMatch(/^\[0:0_2:/);
    expect(segments[1]?.ts_offset).toBe(segments[0]?.timerange.split('_')[1]?.slice(0, -1));
    expect(result.timerange).toBe('[0:0_5:0)');
    const [stream] = await probeStreams(await written(segments[1]?.get_urls?.[0]?.url));
    expect(stream).toMatchObject({ codec_name: 'pcm_s24le', channels: 2 });
  });

  async function written(url: string | undefined): Promise<string> {
    const path = media.path('object');
    await writeFile(path, await bytesOf(url));
    return path;
  }

  it('goes on where a broken ingest stopped, and doubles nothing', async () => {
    const path = media.path('resumed.mp4');
    await copyFile(media.path('a.mp4'), path);
    const interruption = new AbortController();
    const interrupted = new TamsClient({ url: tams.url, signal: interruption.signal });
    const stopping = {
      ...silent,
      registered: () => {
        interruption.abort(new Error('stopped by the test'));
      },
    };
    await expect(ingest(interrupted, { media: path, concurrency: 1 }, stopping)).rejects.toThrow('stopped by the test');
    const resumed = await take(path, { resume: true });
    expect((await segmentsOf(resumed.flows[0]?.id ?? '')).map(({ timerange }) => timerange)).toEqual([
      '[0:0_2:0)',
      '[2:0_4:0)',
      '[4:0_6:0)',
    ]);
    const before = await segmentsOf(resumed.flows[1]?.id ?? '');
    const again = await take(path, { resume: true });
    expect(again.flow_id).toBe(resumed.flow_id);
    const without = (segments: FlowSegment[]): object[] =>
      segments.map(({ object_id, timerange }) => ({ object_id, timerange }));
    expect(without(await segmentsOf(again.flows[1]?.id ?? ''))).toEqual(without(before));
    expect(await flow(again.flow_id)).toMatchObject({ status: 'closed_complete' });
  });

  it.each([
    ['an empty file', 'empty.mp4', '', 'empty.mp4 is empty'],
    [
      'something that is no media',
      'notes.mp4',
      'Dear diary, today nothing happened. '.repeat(50),
      'is not media that can be read',
    ],
  ])('refuses %s', async (_title, name, content, message) => {
    await writeFile(media.path(name), content);
    await expect(take(media.path(name))).rejects.toThrow(message);
  });
});

const H264 = '-c:v libx264 -preset veryfast -pix_fmt yuv420p';
const silent = {
  uploading: () => undefined,
  uploaded: () => undefined,
  registered: () => undefined,
  warn: () => undefined,
};

async function bytesOf(url: string | undefined): Promise<Buffer> {
  const response = await fetch(url ?? '');
  if (!response.ok) throw new Error(`GET ${url ?? ''} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
