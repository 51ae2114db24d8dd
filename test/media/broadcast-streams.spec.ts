import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { advice, Failure } from '@tams/media';
import { describeWithFfmpeg, MediaMaker, picture, tone } from './media-maker';
import { MediaStore } from './media-store';

const H264 = '-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25';
const PACKET = 188;
const PICTURE_PID = 256;

describeWithFfmpeg('streams as broadcasters have them', () => {
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

  const make = (name: string, options: { size?: string; offset?: number; codec?: string } = {}): Promise<string> =>
    media.make(
      `${picture(2, '25', options.size)} ${tone(2)} ${options.codec ?? H264} -c:a aac -output_ts_offset ${options.offset ?? 0} ${name}`,
    );

  async function joined(name: string, ...files: string[]): Promise<string> {
    await writeFile(media.path(name), Buffer.concat(await Promise.all(files.map((file) => readFile(file)))));
    return media.path(name);
  }

  it.each([
    ['H.264', H264],
    ['HEVC', '-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=25 -pix_fmt yuv420p'],
  ])('refuse a new picture size inside a file of %s', async (name, codec) => {
    const small = await make(`small-${name}.ts`, { codec });
    const large = await make(`large-${name}.ts`, { codec, size: '640x360', offset: 3 });
    await expect(store.ingest(await joined(`size-${name}.ts`, small, large))).rejects.toThrow(
      /The picture of .* is another from 4:\d+ on/,
    );
    expect((await store.ingest(small)).flows).toHaveLength(2);
  });

  it('leave a gap where the clock jumps, and say nothing is there', async () => {
    const file = await joined('jump.ts', await make('before.ts'), await make('after.ts', { offset: 100 }));
    const { flows, seconds } = await store.ingest(file);
    expect(seconds).toBeLessThan(4.2);
    for (const { id } of flows) {
      const starts = (await store.segments(id)).map(({ timerange }) => Number(timerange.slice(1).split(':')[0]));
      expect(starts.filter((start) => start < 50)).not.toEqual([]);
      expect(starts.filter((start) => start > 50)).not.toEqual([]);
      const ends = (await store.segments(id)).map(({ timerange }) => Number(timerange.split('_')[1]?.split(':')[0]));
      expect(ends.filter((end) => end > 4 && end < 101)).toEqual([]);
    }
  });

  it('refuse times that go back', async () => {
    const file = await joined('back.ts', await make('late.ts', { offset: 10 }), await make('early.ts'));
    await expect(store.ingest(file)).rejects.toThrow(/The times of .* go back to/);
  });

  it('refuse scrambled packets', async () => {
    const bytes = await readFile(await make('clear.ts'));
    for (let at = PACKET * 40; at < bytes.length; at += PACKET) {
      if ((bytes.readUInt16BE(at + 1) & 0x1fff) === PICTURE_PID) bytes[at + 3]! |= 0x80;
    }
    await writeFile(media.path('scrambled.ts'), bytes);
    await expect(store.ingest(media.path('scrambled.ts'))).rejects.toThrow('is scrambled (PID 256)');
  });

  it('say of channels that only the sound tells (PCE) what to do, and that helps', async () => {
    const channels = Array.from({ length: 6 }, (_, channel) => `c${channel}=c0`).join('|');
    const file = await media.make(`${picture(2)} ${tone(2)} ${H264} -c:a aac -af pan=hexagonal|${channels} pce.ts`);
    await expect(store.ingest(file)).rejects.toMatchObject({
      message: expect.stringContaining('PCE') as string,
      next: advice.rewrap,
    });
    const saved = await media.make('-i pce.ts -map 0:v? -map 0:a? -c copy pce.mkv');
    const { flows } = await store.ingest(saved);
    const sound = await store.flow(flows.find(({ format }) => format.endsWith(':audio'))?.id ?? '');
    expect(sound).toMatchObject({ essence_parameters: { channels: 6 } });
  });

  it('end in a sentence, whatever bytes they have', async () => {
    const whole = await Promise.all(['ts', 'mp4', 'mkv'].map(async (kind) => readFile(await make(`fuzz.${kind}`))));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 40 }),
        async (bytes, changes) => {
          const broken = Buffer.from(bytes);
          for (const [at, value] of changes) broken[at % broken.length] = value;
          await writeFile(media.path('broken.bin'), broken);
          const outcome = await store.ingest(media.path('broken.bin')).catch((error: unknown) => error);
          expect(Error.isError(outcome) && !(outcome instanceof Failure) ? outcome.stack : 'told').toBe('told');
        },
      ),
      { numRuns: 15, seed: 20261130 },
    );
  }, 120_000);

  describe('of which a part is gone at its origin', () => {
    let origin: Server;
    let url: string;
    beforeAll(async () => {
      await media.make(
        `-i ${await make('vod.ts')} -c copy -f hls -hls_time 1 -hls_list_size 0 -hls_segment_filename g%d.ts g.m3u8`,
      );
      const text = await readFile(media.path('g.m3u8'), 'utf8');
      origin = createServer((request, response) => {
        const name = request.url?.slice(1) ?? '';
        if (name.endsWith('.m3u8')) response.end(name === 'live.m3u8' ? text.replace('#EXT-X-ENDLIST', '') : text);
        else if (name === 'g1.ts') response.writeHead(404).end();
        else
          readFile(media.path(name)).then(
            (bytes) => response.end(bytes),
            () => response.writeHead(500).end(),
          );
      });
      origin.listen(0, '127.0.0.1');
      await once(origin, 'listening');
      url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      origin.close();
    });

    it.each([
      ['g.m3u8', 'g1.ts is not there, although'],
      ['live.m3u8', 'g1.ts is gone: the live playlist'],
    ])('say so, and leave no half Flow: %s', async (name, message) => {
      const before = (await store.client.flows({ limit: '1000' })).map(({ id }) => id);
      await expect(store.ingest(`${url}/${name}`)).rejects.toMatchObject({
        message: expect.stringContaining(message) as string,
        next: expect.stringContaining('no Flow is left') as string,
      });
      expect((await store.client.flows({ limit: '1000' })).map(({ id }) => id).sort()).toEqual(before.sort());
    });
  });
});
