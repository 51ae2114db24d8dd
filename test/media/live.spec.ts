import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { TamsClient } from '../../apps/tams-media/src/client/tams-client';
import { followPlaylist } from '../../apps/tams-media/src/ingest/follow-playlist';
import { ingest } from '../../apps/tams-media/src/ingest/ingest';
import { Location } from '../../apps/tams-media/src/ingest/location';
import { taiNow } from '../../apps/tams-media/src/ingest/plan';
import { readMediaPlaylist } from '../../apps/tams-media/src/ingest/playlist';
import { TemporaryFolder } from '../../apps/tams-media/src/temporary-folder';
import { boundsOf } from '@tams/media';
import { startTestServer, type TestServer } from '../support/test-server';
import { decodedFrames, describeWithFfmpeg, MediaMaker, picture, tone } from './media-maker';
import { MediaStore } from './media-store';

const CODED = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 -g 25 -c:a aac -b:a 64k';
const quiet = { uploading: () => undefined, uploaded: () => undefined };

describeWithFfmpeg('live ingest', () => {
  let store: MediaStore;
  let media: MediaMaker;

  beforeAll(async () => {
    store = await MediaStore.start();
    media = await MediaMaker.create();
    await media.make(`${picture(6)} ${tone(6)} ${CODED} whole.ts`);
    await media.make('-i whole.ts -c copy -f hls -hls_time 1 -hls_list_size 0 -hls_segment_filename l%d.ts l.m3u8');
  });
  afterAll(async () => {
    await store.stop();
    await media.dispose();
  });

  it('follows a growing playlist past a 404, segments that cannot be read and an origin that starts over', async () => {
    await writeFile(media.path('l7.ts'), '');
    await writeFile(media.path('l8.ts'), '<html><body>Bad gateway</body></html>');
    const origin = await growingOrigin(media.folder, [
      { listed: [0, 1] },
      { listed: [0, 1, 2] },
      { status: 404 },
      // Segment 9 is listed and not there; 7 is empty, and 8 a page that tells of an error.
      { listed: [1, 2, 7, 8, 9] },
      { listed: [0], startsOver: true },
      { listed: [0, 1], startsOver: true, ended: true },
    ]);
    const warnings: string[] = [];
    try {
      const result = await ingest(
        store.client,
        { media: origin.url, live: 'follow' },
        { ...quiet, registered: () => undefined, warn: (text) => warnings.push(text) },
      );
      const segments = await store.segments(result.flow_id);
      expect(segments).toHaveLength(5);
      const [, , third, fourth] = segments.map(({ timerange }) => timerange.slice(1, -1).split('_'));
      expect(fourth?.[0]).toBe(third?.[1]);
      // What cannot be fetched is told ahead of what cannot be read.
      expect(warnings).toHaveLength(4);
      expect(warnings).toEqual(
        expect.arrayContaining([
          expect.stringContaining('cannot be read at the moment'),
          expect.stringMatching(/l7\.ts is empty; it is left out/),
          expect.stringMatching(/l8\.ts.*; it is left out/),
          expect.stringMatching(/is left out: GET .*l9\.ts answered 404/),
        ]),
      );
      expect(await store.flow(result.flow_id)).toMatchObject({ status: 'closed_complete' });
    } finally {
      origin.stop();
    }
  });

  it('reads what a playlist lists before anybody takes it, as an origin takes it out again', async () => {
    const revisions = upTo(5).map((index) => ({ listed: [index], ended: index === 5 }));
    const origin = await growingOrigin(media.folder, revisions);
    const folder = new TemporaryFolder();
    const warnings: string[] = [];
    const warn = (text: string): void => {
      warnings.push(text);
    };
    try {
      const location = Location.of(origin.url);
      const first = readMediaPlaylist('l.m3u8', (await location.text()).text);
      const segments = followPlaylist(first, location, folder, { stop: new AbortController().signal, warn });
      const opening = await segments.next();
      await origin.asked.reaches(6);
      const names = opening.done ? [] : [opening.value.name];
      for await (const { name } of segments) names.push(name);
      expect([names, warnings]).toEqual([upTo(5).map((index) => `l${index}.ts`), []]);
    } finally {
      origin.stop();
      await folder.dispose();
    }
  });

  it('loses nothing that was accepted when the server restarts in the middle', async () => {
    let tams: TestServer = await startTestServer();
    const { port } = new URL(tams.url);
    const { databaseUrl, dataDirectory } = tams;
    const again = { DATABASE_URL: databaseUrl, DATA_DIR: dataDirectory, PORT: port };
    const origin = await growingOrigin(
      media.folder,
      [0, 1, 2, 3, 4, 5].map((last) => ({ listed: upTo(last), ended: last === 5 })),
    );
    let restarted: Promise<void> | undefined;
    const client = new TamsClient({ url: tams.url, retry: { attempts: 60, firstDelay: 100 } });
    try {
      const result = await ingest(
        client,
        { media: origin.url, live: 'follow' },
        {
          ...quiet,
          warn: () => undefined,
          registered: () => {
            restarted ??= tams.server.stop().then(async () => {
              tams = await startTestServer(again);
            });
          },
        },
      );
      await restarted;
      const segments = [];
      for await (const page of client.segmentPages(result.flow_id)) segments.push(...page);
      expect(segments.map(({ object_id }) => object_id)).toEqual(result.segments.map(({ object_id }) => object_id));
      expect(segments).toHaveLength(6);
    } finally {
      origin.stop();
      await tams.stop();
    }
  });

  it('registers a segment before the next one is over', async () => {
    const segments = await Promise.all(upTo(5).map((index) => readFile(media.path(`l${index}.ts`))));
    const registered = new Milestone();
    const source = createServer((socket) => {
      void sendStepByStep(socket, segments, registered);
    });
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
    const stop = new AbortController();
    try {
      const { port } = source.address() as AddressInfo;
      const result = await ingest(
        store.client,
        { media: `tcp://127.0.0.1:${port}`, live: 'stream', stop: stop.signal, segmentDuration: 1 },
        {
          ...quiet,
          registered: (_flow, { length }) => {
            registered.add(length);
          },
          // The connection ends with the media.
          warn: () => {
            stop.abort();
          },
        },
      );
      const ranges = (await store.segments(result.flow_id)).map(({ timerange }) => timerange.slice(1, -1).split('_'));
      expect(ranges).toHaveLength(6);
      expect(ranges.slice(1).map(([start]) => start)).toEqual(ranges.slice(0, -1).map(([, end]) => end));
    } finally {
      source.close();
    }
  });

  it('registers what a playlist lists before it lists more', async () => {
    const registered = new Milestone();
    const revisions = upTo(5).map((last) => ({ listed: upTo(last), after: last, ended: last === 5 }));
    const origin = await growingOrigin(media.folder, revisions, registered);
    try {
      const result = await ingest(
        store.client,
        { media: origin.url, live: 'follow' },
        {
          ...quiet,
          registered: (_flow, { length }) => {
            registered.add(length);
          },
          warn: () => undefined,
        },
      );
      expect(await store.segments(result.flow_id)).toHaveLength(6);
    } finally {
      origin.stop();
    }
  });

  it('reads a live stream from a TCP port, connects again, and keeps the time of day', async () => {
    const bytes = await readFile(media.path('whole.ts'));
    const half = Math.floor(bytes.length / 2);
    let connections = 0;
    const source = createServer((socket) => {
      connections += 1;
      const part = [bytes.subarray(0, half), bytes.subarray(half)][connections - 1];
      if (part) socket.end(part);
      else socket.end();
    });
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
    const stop = new AbortController();
    const warnings: string[] = [];
    const before = taiNow();
    try {
      const { port } = source.address() as AddressInfo;
      const result = await ingest(
        store.client,
        { media: `tcp://127.0.0.1:${port}`, live: 'stream', stop: stop.signal, segmentDuration: 1 },
        {
          ...quiet,
          registered: () => undefined,
          warn: (text) => {
            warnings.push(text);
            // The second end is that of the media.
            if (warnings.length === 2) stop.abort();
          },
        },
      );
      const segments = await store.segments(result.flow_id);
      expect(segments).toHaveLength(6);
      const start = boundsOf(segments[0]?.timerange ?? '')?.start ?? 0n;
      expect(start).toBeGreaterThan(before - 10_000_000_000n);
      expect(start).toBeLessThan(taiNow());
      const path = media.path('live.mkv');
      await store.write(result.flow_id, path, 'mkv');
      const [found, expected] = [await decodedFrames(path, 'v:0'), await decodedFrames(media.path('whole.ts'), 'v:0')];
      expect(found.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5));
    } finally {
      source.close();
    }
  });

  it('survives a connection that breaks before it is read', async () => {
    const bytes = await readFile(media.path('whole.ts'));
    const stop = new AbortController();
    const ports = Promise.withResolvers<number>();
    const reading = ingest(
      store.client,
      { media: 'tcp://@127.0.0.1:0', live: 'stream', stop: stop.signal, segmentDuration: 1 },
      {
        ...quiet,
        registered: () => undefined,
        warn: () => undefined,
        listening: (address) => {
          ports.resolve(Number(/\d+$/.exec(address)?.[0]));
        },
      },
    );
    const port = await ports.promise;
    const first = connect(port, '127.0.0.1');
    first.write(bytes.subarray(0, bytes.length / 2));
    const second = connect(port, '127.0.0.1');
    await once(second, 'connect');
    second.resetAndDestroy();
    await once(second, 'close');
    first.end(bytes.subarray(bytes.length / 2));
    await once(first, 'close');
    stop.abort();
    const result = await reading;
    expect(await store.segments(result.flow_id)).toHaveLength(6);
  });

  it('says what an address of a live stream looks like', async () => {
    await expect(store.ingest('rtp://somewhere', { live: 'stream' })).rejects.toThrow(
      'is not an address of a live stream',
    );
  });
});

/** How many of something there are, for those who wait for so many. */
class Milestone {
  private count = 0;
  private readonly waiting: { count: number; wake: () => void }[] = [];

  add(more: number): void {
    this.count += more;
    for (const each of this.waiting) if (each.count <= this.count) each.wake();
  }

  async reaches(count: number): Promise<void> {
    if (this.count < count) await new Promise<void>((wake) => this.waiting.push({ count, wake }));
  }
}

/** The packets that a segment begins with: tables, and the first of its picture. */
const FIRST_PACKETS = 8 * 188;

/** Sends of each segment no more than its first packets before the one before it is registered. */
async function sendStepByStep(socket: Socket, segments: Buffer[], registered: Milestone): Promise<void> {
  for (const [index, segment] of segments.entries()) {
    socket.write(segment.subarray(0, FIRST_PACKETS));
    await registered.reaches(index);
    socket.write(segment.subarray(FIRST_PACKETS));
  }
  socket.end();
}

interface Revision {
  listed?: number[];
  /** Shown when so many segments are registered. */
  after?: number;
  status?: number;
  startsOver?: boolean;
  ended?: boolean;
}

function upTo(last: number): number[] {
  return Array.from({ length: last + 1 }, (_, index) => index);
}

/** An origin whose playlist is another one at every request. */
async function growingOrigin(
  folder: string,
  revisions: Revision[],
  registered = new Milestone(),
): Promise<{ url: string; asked: Milestone; stop: () => void }> {
  let requests = 0;
  const asked = new Milestone();
  const answer = async ({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!url.endsWith('.m3u8')) {
      readFile(`${folder}${url}`).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
      return;
    }
    const revision = revisions[Math.min(requests, revisions.length - 1)] ?? {};
    requests += 1;
    asked.add(1);
    await registered.reaches(revision.after ?? 0);
    if (revision.status !== undefined) {
      response.writeHead(revision.status).end();
      return;
    }
    const [first = 0] = revision.listed ?? [];
    response.end(
      [
        '#EXTM3U',
        '#EXT-X-TARGETDURATION:0.05',
        `#EXT-X-MEDIA-SEQUENCE:${first}`,
        ...(revision.listed ?? []).flatMap((index) => ['#EXTINF:1,', `l${index}.ts`]),
        ...(revision.ended ? ['#EXT-X-ENDLIST'] : []),
      ].join('\n'),
    );
  };
  const server = createHttpServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/l.m3u8`,
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
