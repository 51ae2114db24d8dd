import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { boundsOf, type Flow, type FlowSegment } from '@tams/media';
import { decodedFrames, describeWithFfmpeg, MediaMaker, picture } from './media-maker';
import { MediaStore } from './media-store';

const run = promisify(execFile);
const CODED = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 -g 25';

/** The steps of the outgest example that comes with the specification, which reads Flows of MPEG-TS with one track. */
describeWithFfmpeg('what is ingested, read as the example client of the specification reads it', () => {
  let store: MediaStore;
  let media: MediaMaker;
  beforeAll(async () => {
    store = await MediaStore.start();
    media = await MediaMaker.create();
  });
  afterAll(async () => {
    await store.stop();
    await media.dispose();
  });

  it('gives the same pictures, at the times that the Segments say', async () => {
    const whole = await media.make(`${picture(4)} ${CODED} whole.ts`);
    const list = await media.make(
      `-i whole.ts -c copy -f hls -hls_time 1 -hls_list_size 0 -hls_segment_filename e%d.ts e.m3u8`,
    );
    const { flow_id } = await store.ingest(list);
    const url = `${store.tams.url}/flows/${flow_id}`;
    const flow = (await (await fetch(url)).json()) as Flow;
    expect(flow).toMatchObject({ container: 'video/mp2t', format: 'urn:x-nmos:format:video' });
    const objects: Buffer[] = [];
    let next: string | undefined = `${url}/segments?timerange=_&limit=2`;
    while (next !== undefined) {
      const page: Response = await fetch(next);
      for (const segment of (await page.json()) as FlowSegment[]) objects.push(await objectAtItsTime(segment));
      next = /<([^>]+)>;\s*rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(objects).toHaveLength(4);
    await writeFile(media.path('read.ts'), Buffer.concat(objects));
    const [found, expected] = [await decodedFrames(media.path('read.ts'), 'v:0'), await decodedFrames(whole, 'v:0')];
    expect(found.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5));
  });

  /** Fetches from the first URL; presentation times with `ts_offset` must be those of the Segment, to a tick of the clock. */
  async function objectAtItsTime(segment: FlowSegment): Promise<Buffer> {
    const bytes = Buffer.from(await (await fetch(segment.get_urls?.[0]?.url ?? '')).arrayBuffer());
    await writeFile(media.path('object.ts'), bytes);
    const shown = ['-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0'];
    const { stdout } = await run('ffprobe', ['-v', 'error', ...shown, media.path('object.ts')]);
    const packets = stdout
      .split('\n')
      .map((line) => line.split(',').map(Number))
      .filter(([time]) => time !== undefined && time > 0);
    const offset = Number(boundsOf(`[${segment.ts_offset ?? '0:0'}]`)?.start ?? 0n) / 1e9;
    const bounds = boundsOf(segment.timerange);
    const starts = packets.map(([time = 0]) => time + offset);
    expect(Math.min(...starts)).toBeCloseTo(Number(bounds?.start) / 1e9, 4);
    expect(Math.max(...packets.map(([time = 0, duration = 0]) => time + duration + offset))).toBeCloseTo(
      Number(bounds?.end) / 1e9,
      4,
    );
    return bytes;
  }
});
