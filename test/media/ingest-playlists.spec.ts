import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { advice } from '@tams/media';
import { decodedFrames, describeWithFfmpeg, MediaMaker, picture, tone } from './media-maker';
import { MediaStore } from './media-store';

const CODED = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 -g 25 -c:a aac -b:a 64k';

describeWithFfmpeg('ingest of playlists', () => {
  let store: MediaStore;
  let media: MediaMaker;

  beforeAll(async () => {
    store = await MediaStore.start();
    media = await MediaMaker.create();
    await media.make(`${picture(4)} ${tone(4)} ${CODED} whole.mp4`);
  });
  afterAll(async () => {
    await store.stop();
    await media.dispose();
  });

  const hls = (options: string, name: string): Promise<string> =>
    media.make(`-i whole.mp4 -c copy -f hls -hls_time 1 -hls_playlist_type vod ${options} ${name}`);

  it('stores fragmented MP4 as it is, with one initialisation object', async () => {
    const path = await hls(
      '-hls_segment_type fmp4 -hls_fmp4_init_filename f-init.mp4 -hls_segment_filename f%d.m4s',
      'f.m3u8',
    );
    const result = await store.ingest(path);
    expect(await store.flow(result.flow_id)).toMatchObject({
      container: 'video/mp4',
      essence_parameters: { init_segments: true },
      flow_collection: [{ role: 'video' }, { role: 'audio' }],
    });
    const segments = await store.segments(result.flow_id);
    expect(segments).toHaveLength(4);
    expect(new Set(segments.map(({ init_object }) => init_object?.object_id)).size).toBe(1);
    const stored = await fetch(segments[1]?.get_urls?.[0]?.url ?? '');
    expect(Buffer.from(await stored.arrayBuffer()).equals(await readFile(media.path('f1.m4s')))).toBe(true);
    await expectSamePictures(result.flow_id);
  });

  it('cuts byte ranges out of one file, also from a server, behind a redirect, with credentials', async () => {
    await hls('-hls_segment_type fmp4 -hls_flags single_file -hls_segment_filename all.mp4', 'ranges.m3u8');
    const server = await serve(media.folder);
    try {
      const { port } = server.address() as AddressInfo;
      const result = await store.ingest(`http://ann:secret@127.0.0.1:${port}/moved/ranges.m3u8`);
      expect(await store.segments(result.flow_id)).toHaveLength(4);
      await expectSamePictures(result.flow_id);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('takes all variants of a multivariant playlist, or the best, and sound that lies beside', async () => {
    await hls('-an -hls_segment_filename v%d.ts', 'v.m3u8');
    await hls('-vn -hls_segment_type mpegts -hls_segment_filename s%d.ts', 's.m3u8');
    const text = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",URI="s.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=320x180,AUDIO="a"',
      'v.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=160x90,AUDIO="a"',
      'v.m3u8',
    ];
    await writeFile(media.path('master.m3u8'), text.join('\n'));
    const all = await store.ingest(media.path('master.m3u8'));
    expect(all.flows.map(({ format }) => format.split(':').at(-1))).toEqual(['video', 'video', 'audio']);
    const [high, low] = await Promise.all(all.flows.map(({ id }) => store.flow(id)));
    expect(high?.source_id).toBe(low?.source_id);
    const best = await store.ingest(media.path('master.m3u8'), { variants: 'best' });
    expect(best.collected.map(({ format }) => format.split(':').at(-1))).toEqual(['video', 'audio']);
    expect(await store.flow(best.flows[1]?.id ?? '')).toMatchObject({ tags: { language_code: 'eng' } });
    await expect(store.ingest(media.path('master.m3u8'), { variants: '4k' })).rejects.toMatchObject({
      next: expect.stringContaining('320x180') as string,
    });
    await expectSamePictures(best.flow_id);
  });

  it('follows a discontinuity: the clock starts anew, the timeline goes on', async () => {
    await hls('-hls_segment_filename d%d.ts', 'd.m3u8');
    const text = [
      '#EXTM3U',
      '#EXTINF:1,',
      'd0.ts',
      '#EXTINF:1,',
      'd1.ts',
      '#EXT-X-DISCONTINUITY',
      '#EXTINF:1,',
      'd0.ts',
      '#EXT-X-ENDLIST',
    ];
    await writeFile(media.path('cut.m3u8'), text.join('\n'));
    const result = await store.ingest(media.path('cut.m3u8'));
    const segments = await store.segments(result.flow_id);
    expect(segments.map(({ ts_offset }) => ts_offset)).toEqual([undefined, undefined, '2:0']);
    const [, second, third] = segments.map(({ timerange }) => timerange.slice(1, -1).split('_'));
    expect(third?.[0]).toBe(second?.[1]);
    await writeFile(media.path('silent-cut.m3u8'), text.filter((line) => line !== '#EXT-X-DISCONTINUITY').join('\n'));
    await expect(store.ingest(media.path('silent-cut.m3u8'))).rejects.toThrow('although it comes after it');
  });

  it('refuses encryption, and what it advises saves everything', async () => {
    await writeFile(media.path('key'), Buffer.alloc(16, 7));
    await writeFile(media.path('key.info'), 'key\nkey\n');
    const path = await hls('-hls_key_info_file key.info -hls_segment_filename e%d.ts', 'e.m3u8');
    const refusal = await store.ingest(path).catch((error: unknown) => error as { message: string; next: string });
    expect(refusal).toMatchObject({ message: expect.stringContaining('encrypted') as string });
    const [, advice = ''] = /ffmpeg (.*)$/.exec((refusal as { next: string }).next) ?? [];
    const saved = await media.make(
      `-allowed_extensions ALL ${advice.replace('<file>', 'e.m3u8').replace('<new file>', 'saved')}`,
    );
    const result = await store.ingest(saved);
    await expectSamePictures(result.flow_id);
  });

  it.each([
    ['samples that are encrypted', 'METHOD=SAMPLE-AES,URI="key"', '(EXT-X-KEY with METHOD=SAMPLE-AES)'],
    [
      'keys of a rights system',
      'METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"',
      'METHOD=SAMPLE-AES, KEYFORMAT=com.apple.streamingkeydelivery',
    ],
  ])('refuses %s, and says whom to ask', async (_title, key, message) => {
    const text = await readFile(await hls('-hls_segment_filename p%d.ts', 'p.m3u8'), 'utf8');
    await writeFile(media.path('protected.m3u8'), text.replace('#EXTINF', `#EXT-X-KEY:${key}\n#EXTINF`));
    await expect(store.ingest(media.path('protected.m3u8'))).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      next: advice.clearMedia,
    });
  });

  it('says that the beginning of an ended playlist is missing, and what of a live one is not followed', async () => {
    await hls('-hls_segment_filename w%d.ts', 'w.m3u8');
    const warnings: string[] = [];
    const warn = (text: string): void => {
      warnings.push(text);
    };
    const text = '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:1,\nw1.ts\n#EXT-X-ENDLIST\n';
    await writeFile(media.path('late.m3u8'), text);
    await store.ingest(media.path('late.m3u8'), {}, { warn });
    await writeFile(media.path('live.m3u8'), text.replace('#EXT-X-ENDLIST', ''));
    await store.ingest(media.path('live.m3u8'), {}, { warn });
    expect(warnings).toEqual([expect.stringContaining('begins with segment 1'), expect.stringContaining('--follow')]);
  });

  it('reads segments without parameter sets and a program map that spans packets', async () => {
    const sounds = Array.from({ length: 17 }, () => '-map 1').join(' ');
    await media.make(
      `${picture(3)} ${tone(3)} -map 0 ${sounds} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 75 -c:a aac -b:a 32k many.ts`,
    );
    const whole = await readFile(media.path('many.ts'));
    const half = Math.floor(whole.length / 188 / 2) * 188;
    const folder = await MediaMaker.create();
    try {
      await writeFile(folder.path('1.ts'), whole.subarray(0, half));
      await writeFile(folder.path('2.ts'), whole.subarray(half));
      const result = await store.ingest(folder.folder);
      expect(result.collected).toHaveLength(18);
      const [first, second] = await store.segments(result.flow_id);
      expect([first?.key_frame_count, second?.key_frame_count]).toEqual([1, 0]);
    } finally {
      await folder.dispose();
    }
  });

  async function expectSamePictures(flowId: string): Promise<void> {
    const path = media.path(`${flowId}.mkv`);
    await store.write(flowId, path, 'mkv');
    const [found, expected] = [await decodedFrames(path, 'v:0'), await decodedFrames(media.path('whole.mp4'), 'v:0')];
    expect(found.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5));
  }
});

/** Files of a folder, for whoever gives the right password; `/moved/` leads elsewhere. */
async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    if (headers.authorization !== `Basic ${Buffer.from('ann:secret').toString('base64')}`) {
      response.writeHead(401).end();
      return;
    }
    if (url.startsWith('/moved/')) {
      response.writeHead(302, { location: url.replace('/moved/', '/there/') }).end();
      return;
    }
    void answer(`${folder}/${basename(url)}`, headers.range, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function answer(
  path: string,
  range: string | undefined,
  response: import('node:http').ServerResponse,
): Promise<void> {
  const { size } = await stat(path);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const [start, end] = [Number(from ?? 0), Number(to ?? size - 1)];
  response.writeHead(from === undefined ? 200 : 206, { 'content-length': end - start + 1 });
  createReadStream(path, { start, end }).pipe(response);
}
