import { randomUUID } from 'node:crypto';
import { TestWorld, seconds } from '../support/test-world';
import { readMediaPlaylist, readMultivariantPlaylist } from './support/hls';

let fixtures: TestWorld;
let server: { url: string };
beforeAll(async () => {
  fixtures = await TestWorld.start();
  server = { url: fixtures.url };
});
afterAll(() => fixtures.stop());

/** A Flow that nothing is added to any more. */
const complete = (document: Record<string, unknown> = {}): Promise<string> =>
  fixtures.flow({ status: 'closed_complete', ...document });
const output = (flowId: string): string => `/flows/${flowId}/output.m3u8`;

describe('the media playlist of a Flow', () => {
  it('lists its segments as they lie on its timeline, and leads to their media', async () => {
    const flowId = await complete();
    await fixtures.fill(flowId, ['[10:0_12:0)', '[12:0_14:2000000)', '[14:2000000_15:0)']);
    const { text, parsed } = await readMediaPlaylist(server, output(flowId));
    expect(parsed.segments.map(({ duration }) => duration)).toEqual([2, 2.002, 0.998]);
    expect([parsed.targetDuration, parsed.mediaSequenceBase, parsed.endlist]).toEqual([2, 0, true]);
    expect(parsed.playlistType).toBe('VOD');
    expect(text.match(/#EXT-X-TAMS-TIMERANGE:.*/g)).toEqual([
      '#EXT-X-TAMS-TIMERANGE:[10:0_12:0)',
      '#EXT-X-TAMS-TIMERANGE:[12:0_14:2000000)',
      '#EXT-X-TAMS-TIMERANGE:[14:2000000_15:0)',
    ]);
    expect(text).not.toContain('PROGRAM-DATE-TIME');
  });

  it('shows gaps, in entries of at most a target duration', async () => {
    const flowId = await complete();
    await fixtures.fill(flowId, ['[0:0_2:0)', '[7:0_9:0)']);
    const { parsed } = await readMediaPlaylist(server, output(flowId));
    expect(parsed.segments.map(({ duration, gap }) => [duration, gap ?? false])).toEqual([
      [2, false],
      [1.666666666, true],
      [1.666666667, true],
      [1.666666667, true],
      [2, false],
    ]);
  });

  it('says where the clock of the media jumps, and what plays longer than it is used', async () => {
    const flowId = await complete();
    const [a, b, c] = await fixtures.allocate(flowId, 3);
    await fixtures.register(flowId, [
      { object_id: a, timerange: '[0:0_2:0)', ts_offset: '0:0' },
      { object_id: b, timerange: '[2:0_4:0)', ts_offset: '0:0' },
      { object_id: c, timerange: '[4:0_6:0)', ts_offset: '-100:0', object_timerange: '[103:0_106:0)' },
    ]);
    const { text, parsed } = await readMediaPlaylist(server, output(flowId));
    expect(parsed.segments.map(({ discontinuity }) => discontinuity ?? false)).toEqual([false, false, true]);
    expect(text.match(/#EXT-X-TAMS-OBJECT-TIMERANGE:.*/g)).toEqual(['#EXT-X-TAMS-OBJECT-TIMERANGE:[3:0_6:0)']);
  });

  it('names initialisation objects once, and again when they change', async () => {
    const flowId = await complete({ container: 'video/mp4', essence_parameters: { init_segments: true } });
    const [first, second, ...media] = await fixtures.allocate(flowId, 5);
    await fixtures.register(
      flowId,
      media.map((object, index) => ({
        object_id: object,
        init_object_id: index < 2 ? first : second,
        timerange: `[${index}:0_${index + 1}:0)`,
      })),
    );
    const { text, parsed } = await readMediaPlaylist(server, output(flowId));
    expect(text.match(/#EXT-X-MAP/g)).toHaveLength(2);
    const maps = parsed.segments.map(({ map }) => map.uri);
    expect(maps[0]).toBe(maps[1]);
    expect(maps[2]).not.toBe(maps[0]);
    expect(parsed.segments.map(({ discontinuity }) => discontinuity ?? false)).toEqual([false, false, true]);
  });

  it('tells the time of day in UTC where the timeline is TAI', async () => {
    const flowId = await complete();
    // The example of AppNote 0008.
    await fixtures.fill(flowId, ['[1694429247:0_1694429248:0)']);
    const { text } = await readMediaPlaylist(server, output(flowId));
    expect(text).toContain('#EXT-X-PROGRAM-DATE-TIME:2023-09-11T10:46:50.000Z');
  });

  it('can be narrowed to a timerange, in whole segments', async () => {
    const flowId = await complete();
    await fixtures.fill(flowId, seconds(10));
    const { text } = await readMediaPlaylist(server, `${output(flowId)}?timerange=[2:500000000_4:0)`);
    expect(text.match(/TAMS-TIMERANGE:.*/g)).toEqual(['TAMS-TIMERANGE:[2:0_3:0)', 'TAMS-TIMERANGE:[3:0_4:0)']);
  });

  it('has an ETag, by which a client learns that nothing has changed', async () => {
    const flowId = await complete();
    await fixtures.fill(flowId, seconds(2));
    const url = `${server.url}${output(flowId)}`;
    const first = await fetch(url);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(first.headers.get('cache-control')).toBe('private, max-age=1');
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), head.headers.get('content-length')]).toEqual([
      200,
      etag,
      String(Buffer.byteLength(await first.text())),
    ]);
    expect((await fetch(url, { headers: { 'if-none-match': `"other", ${etag}` } })).status).toBe(304);
    await fixtures.fill(flowId, seconds(1, 2));
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(200);
  });
});

describe('an entry', () => {
  it('leads to a URL that was signed just now, and not to what the Flow does not have', async () => {
    const flowId = await complete();
    const [segment] = await fixtures.fill(flowId, seconds(1));
    const instance = 'INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2)';
    const [backend] = (await fixtures.client.get<{ id: string }[]>('/service/storage-backends')).body;
    await fixtures.database.query(instance, [segment!.object_id, backend!.id]);
    const { parsed } = await readMediaPlaylist(server, output(flowId));
    const follow = (path: string): Promise<Response> => fetch(`${server.url}/flows/${path}`, { redirect: 'manual' });
    const answer = await follow(`${flowId}/${parsed.segments[0]!.uri}`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toContain(`/${segment!.object_id}?expires=`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const direct = await readMediaPlaylist(server, `${output(flowId)}?direct=true`);
    expect(direct.parsed.segments[0]!.uri).toContain(
      `${server.url}/media/${backend!.id}/${segment!.object_id}?expires=`,
    );
    const other = await complete();
    for (const path of [`${other}/output/1000000000.ts`, `${flowId}/output/2000000000.ts`, `${flowId}/output/hole.ts`])
      expect([path, (await follow(path)).status]).toEqual([path, 404]);
    const init = `init-${Buffer.from(segment!.object_id).toString('base64url')}.mp4`;
    expect((await follow(`${flowId}/output/${init}`)).status).toBe(404);
    expect((await follow(`${flowId}/output/99999999999999999999.ts`)).status).toBe(404);
  });
});

describe('the entry of a gap', () => {
  it('is empty, for players that ask for it because they do not know EXT-X-GAP', async () => {
    const flowId = await complete();
    await fixtures.fill(flowId, ['[0:0_2:0)', '[4:0_6:0)']);
    const { parsed } = await readMediaPlaylist(server, output(flowId));
    const answer = await fetch(`${server.url}/flows/${flowId}/${parsed.segments[1]!.uri}`);
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '0', '']);
  });

  it('is there for whom the Flow is there', async () => {
    expect((await fetch(`${server.url}/flows/${randomUUID()}/output/gap.ts`)).status).toBe(404);
  });
});

describe('what cannot be played', () => {
  it('is refused with the reason', async () => {
    const cases: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ container: 'application/mxf' }, /application\/mxf, which HLS does not know/],
      [{ container: 'video/mp4' }, /without initialisation objects/],
      [{ codec: 'video/jp2' }, /coded as video\/jp2/],
      [{ tags: { hls_exclude: 'true' } }, /has the tag hls_exclude/],
    ];
    for (const [document, reason] of cases) {
      const flowId = await complete(document);
      await fixtures.fill(flowId, seconds(1));
      const answer = await fetch(`${server.url}${output(flowId)}`);
      const problem = (await answer.json()) as { type: string; detail: string };
      expect([answer.status, problem.type]).toEqual([415, 'urn:x-tams:problem:not-playable']);
      expect(problem.detail).toMatch(reason);
    }
  });

  it('is a 404 when there is nothing, and 400 when the question is wrong', async () => {
    const flowId = await complete();
    const status = async (path: string): Promise<number> => (await fetch(`${server.url}${path}`)).status;
    expect(await status(output(flowId))).toBe(404);
    expect(await status(output(randomUUID()))).toBe(404);
    expect(await status(`/sources/${randomUUID()}/output.m3u8`)).toBe(404);
    expect(await status(`${output(flowId)}?timerange=x`)).toBe(400);
    await fixtures.fill(flowId, ['[0:0_1:0)', '[1000000:0_1000001:0)']);
    expect(await status(output(flowId))).toBe(400);
    expect(await status(`${output(flowId)}?timerange=[0:0_5:0)`)).toBe(200);
  });
});

describe('the multivariant playlist', () => {
  const audio = (document: Record<string, unknown> = {}): Promise<string> =>
    complete({
      format: 'urn:x-nmos:format:audio',
      codec: 'audio/aac',
      essence_parameters: { sample_rate: 48000, channels: 2 },
      ...document,
    });
  const video = (document: Record<string, unknown> = {}): Promise<string> =>
    complete({
      avg_bit_rate: 4000,
      max_bit_rate: 5000,
      essence_parameters: {
        frame_width: 1280,
        frame_height: 720,
        frame_rate: { numerator: 30000, denominator: 1001 },
        avc_parameters: { profile: 77, flags: 64, level: 31 },
      },
      ...document,
    });
  const collect = async (collection: string, members: readonly string[]): Promise<void> => {
    for (const [position, id] of members.entries())
      await fixtures.database.query(
        'INSERT INTO flow_collection_items (collection_id, position, flow_id, item) VALUES ($1, $2, $3, $4)',
        [collection, position + 1, id, JSON.stringify({ id })],
      );
  };
  const multi = (document: Record<string, unknown> = {}): Promise<string> =>
    complete({ format: 'urn:x-nmos:format:multi', codec: null, container: null, ...document });
  const sourceOf = async (flowId: string): Promise<string> =>
    (await fixtures.client.get<{ source_id: string }>(`/flows/${flowId}`)).body.source_id;

  it('puts picture and sounds of their own Flows together', async () => {
    const [picture, english, french] = [
      await video(),
      await audio({ label: 'Main', avg_bit_rate: 128, tags: { language_code: 'eng' } }),
      await audio({ label: 'Main', avg_bit_rate: 192, tags: { language_code: 'fra' } }),
    ];
    for (const id of [picture, english, french]) await fixtures.fill(id, seconds(2));
    const collection = await multi();
    await collect(collection, [picture, english, french]);
    for (const path of [output(collection), `/sources/${await sourceOf(collection)}/output.m3u8`]) {
      const { text, parsed } = await readMultivariantPlaylist(server, path);
      expect(parsed.variants).toHaveLength(1);
      const [variant] = parsed.variants;
      expect(variant).toMatchObject({
        uri: `../../flows/${picture}/output.m3u8`,
        bandwidth: 5_192_000,
        averageBandwidth: 4_192_000,
        codecs: 'avc1.4d401f,mp4a.40.2',
        resolution: { width: 1280, height: 720 },
        frameRate: 29.97,
      });
      expect(
        variant!.audio.map(({ name, language, isDefault, uri, channels }) => [
          name,
          language,
          isDefault,
          uri,
          channels,
        ]),
      ).toEqual([
        ['Main', 'en', true, `../../flows/${english}/output.m3u8`, '2'],
        ['Main (2)', 'fr', false, `../../flows/${french}/output.m3u8`, '2'],
      ]);
      expect(text).not.toContain('TYPE=SUBTITLES');
    }
  });

  it('takes muxed Segments where there is nothing else, with what the collected Flows say of them', async () => {
    const [picture, sound] = [await video({ container: null }), await audio({ container: null })];
    const muxed = await multi({ container: 'video/mp2t', avg_bit_rate: 3000 });
    await fixtures.fill(muxed, seconds(2));
    await collect(muxed, [picture, sound]);
    expect((await readMediaPlaylist(server, output(muxed))).parsed.segments).toHaveLength(2);
    for (const path of [
      output(picture),
      `/sources/${await sourceOf(muxed)}/output.m3u8`,
      `/sources/${await sourceOf(picture)}/output.m3u8`,
    ]) {
      const { parsed } = await readMultivariantPlaylist(server, path);
      expect(parsed.variants.map(({ uri, codecs, bandwidth }) => [uri, codecs, bandwidth])).toEqual([
        [`../../flows/${muxed}/output.m3u8`, 'avc1.4d401f,mp4a.40.2', 3_000_000],
      ]);
    }
  });

  it('offers the qualities of a Source, best first, and leaves out what is excluded', async () => {
    const best = await video({ generation: 0, avg_bit_rate: 9000, max_bit_rate: 9000 });
    const source = await sourceOf(best);
    const [proxy, excluded, master] = [
      await video({ generation: 1, avg_bit_rate: 800, max_bit_rate: null }),
      await video({ tags: { hls_exclude: 'true' } }),
      await video({ container: 'application/mxf' }),
    ];
    for (const id of [proxy, excluded, master])
      await fixtures.database.query('UPDATE flows SET source_id = $2 WHERE id = $1', [id, source]);
    for (const id of [proxy, excluded, master, best]) await fixtures.fill(id, seconds(1));
    const { parsed } = await readMultivariantPlaylist(server, `/sources/${source}/output.m3u8?timerange=[0:0_1:0)`);
    expect(parsed.variants.map(({ uri }) => uri)).toEqual([
      `../../flows/${best}/output.m3u8?timerange=%5B0%3A0_1%3A0%29`,
      `../../flows/${proxy}/output.m3u8?timerange=%5B0%3A0_1%3A0%29`,
    ]);
  });

  it('tells the bit rate by the bytes where nobody else does', async () => {
    const flow = await audio();
    const [segment] = await fixtures.fill(flow, ['[0:0_2:0)']);
    await fixtures.database.query(
      'INSERT INTO object_instances (object_id, storage_id, size_bytes) VALUES ($1, $2, 50000)',
      [segment!.object_id, randomUUID()],
    );
    const { parsed } = await readMultivariantPlaylist(server, `/sources/${await sourceOf(flow)}/output.m3u8`);
    expect(parsed.variants.map(({ bandwidth, averageBandwidth }) => [bandwidth, averageBandwidth])).toEqual([
      [200_000, 200_000],
    ]);
  });
});
