import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TamsClient } from './client/tams-client';
import { runDemo } from './demo';
import { ingest, type IngestProgress, type IngestResult } from './ingest/ingest';
import { ROLLOVER_TICKS } from '@tams/media';
import { emptyTotals, joinedSegments, writtenRange } from './outgest/joined-segments';
import { refuseUnfitFile, writeFileAtomically } from './outgest/output-file';
import { itWithFfprobe } from './testing/ffprobe';
import { sampleSegment, SAMPLE_FOLDER, withShiftedTimes } from './testing/media';
import { problem, SmallTamsServer } from './testing/small-tams-server';

const PLAYLIST = join(SAMPLE_FOLDER, 'playlist.m3u8');
const RETRY = { attempts: 4, firstDelay: 1 };

describe('media in and out again, over HTTP', () => {
  let server: SmallTamsServer;
  let client: TamsClient;
  let folder: string;
  let uploaded: number;
  const progress: IngestProgress = {
    uploading: () => undefined,
    uploaded: (bytes) => {
      uploaded += bytes;
    },
    registered: () => undefined,
    warn: () => undefined,
  };

  beforeEach(async () => {
    server = await new SmallTamsServer().start();
    client = new TamsClient({ url: server.url, retry: RETRY });
    folder = mkdtempSync(join(tmpdir(), 'round-trip-'));
    uploaded = 0;
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const ingestSample = (): Promise<IngestResult> => ingest(client, { media: PLAYLIST, label: 'Sample' }, progress);

  async function outgested(flowId: string, timerange?: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of joinedSegments(client, { flowId, timerange })) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('ingests the sample: objects identical, ranges end to end, Flows closed', async () => {
    const result = await ingestSample();
    expect(result).toMatchObject({
      label: 'Sample',
      timerange: '[1:480000000_21:480000000)',
      seconds: 20,
      bytes: 1072164,
    });
    expect(uploaded).toBe(1072164);
    expect(server.statuses).toEqual([
      'video ingesting',
      'audio ingesting',
      'multi ingesting',
      'video closed_complete',
      'audio closed_complete',
      'multi closed_complete',
    ]);
    expect(server.segments).toHaveLength(10);
    expect(server.segments[1]).toEqual({
      flow: result.flow_id,
      object_id: result.segments[1]?.object_id,
      timerange: '[3:480000000_5:480000000)',
      last_duration: '0:40000000',
      key_frame_count: 1,
    });
    result.segments.forEach(({ object_id }, index) => {
      expect(server.objects.get(object_id)?.equals(sampleSegment(index))).toBe(true);
    });
  });

  it('sets ts_offset from the rollover on', async () => {
    const shift = ROLLOVER_TICKS - 493_200;
    [0, 1, 2].forEach((index) => {
      writeFileSync(join(folder, `${index}.ts`), withShiftedTimes(sampleSegment(index), shift));
    });
    const { timerange } = await ingest(client, { media: folder }, progress);
    expect(server.segments.map((segment) => segment.ts_offset)).toEqual([undefined, undefined, '95443:717688889']);
    expect(timerange).toBe('[95439:717688889_95445:717688889)');
  });

  it('uploads again after faults, and counts the bytes once', async () => {
    const failures = new Set<string>();
    server.interfere = (request, response) => {
      if (request.method !== 'PUT' || !request.path.startsWith('/objects/') || failures.has(request.path)) return false;
      failures.add(request.path);
      if (failures.size % 2 === 0) response.destroy();
      else problem(response, 503, 'slow down');
      return true;
    };
    await ingestSample();
    expect(uploaded).toBe(1072164);
    expect(server.segments).toHaveLength(10);
  });

  it('leaves the Flow as awaiting_content when an upload is refused, and shows no signature', async () => {
    server.interfere = (request, response) => {
      if (request.method !== 'PUT' || !request.path.startsWith('/objects/')) return false;
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
      return true;
    };
    const failure = ingestSample();
    await expect(failure).rejects.toThrow(
      /PUT .*\/objects\/object-\d\?… answered 403: AccessDenied: Request has expired/,
    );
    await expect(failure).rejects.not.toThrow('secret');
    expect(server.statuses.at(-1)).toBe('multi awaiting_content');
  });

  it('asks for another upload URL where one has expired in the queue', async () => {
    const refused: string[] = [];
    server.interfere = (request, response) => {
      if (request.method !== 'PUT' || !request.path.startsWith('/objects/') || refused.length > 2) return false;
      refused.push(request.path);
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
      return true;
    };
    await ingestSample();
    expect(refused).toHaveLength(3);
    expect(server.segments).toHaveLength(10);
  });

  it('shows which segments the server did not register', async () => {
    const put = server.objects.set.bind(server.objects);
    server.objects.set = (id, bytes) => (id === 'object-2' ? server.objects : put(id, bytes));
    await expect(ingestSample()).rejects.toThrow(
      /did not register 1 segment:\n {2}\[5:480000000_7:480000000\) object-2: overlaps or is not stored/,
    );
  });

  it('creates nothing when a file is damaged', async () => {
    writeFileSync(join(folder, '0.ts'), sampleSegment(0));
    writeFileSync(join(folder, '1.ts'), sampleSegment(1).subarray(0, 5000));
    await expect(ingest(client, { media: folder }, progress)).rejects.toThrow('1.ts ends in the middle of a packet');
    expect(server.seen).toEqual([]);
  });

  it('gives back the segments that overlap a timerange, in order, byte for byte', async () => {
    const { flow_id } = await ingestSample();
    const all = await outgested(flow_id);
    expect(all.equals(Buffer.concat(Array.from({ length: 10 }, (_, index) => sampleSegment(index))))).toBe(true);
    const part = await outgested(flow_id, '[5:0_8:0)');
    expect(part.equals(Buffer.concat([sampleSegment(1), sampleSegment(2), sampleSegment(3)]))).toBe(true);
  });

  it('continues a download that breaks off, from where it broke off', async () => {
    const { flow_id } = await ingestSample();
    server.interfere = (request, response) => {
      if (request.method !== 'GET' || request.path !== '/objects/object-1' || request.headers.range !== undefined)
        return false;
      response.writeHead(200, { 'content-length': sampleSegment(1).length });
      response.write(sampleSegment(1).subarray(0, 70_000), () => response.destroy());
      return true;
    };
    const part = await outgested(flow_id, '[4:0_5:0)');
    expect(part.equals(sampleSegment(1))).toBe(true);
    expect(server.requests('GET', /object-1$/).at(-1)?.headers.range).toMatch(/^bytes=\d+-$/);
  });

  it('asks for new get_urls when one has expired', async () => {
    const { flow_id } = await ingestSample();
    let expired = 0;
    server.interfere = (request, response) => {
      if (request.path !== '/objects/object-4' || expired > 0) return false;
      expired += 1;
      problem(response, 403, 'expired');
      return true;
    };
    expect((await outgested(flow_id, '[10:0_11:0)')).equals(sampleSegment(4))).toBe(true);
  });

  it('writes a file only when it is whole', async () => {
    const { flow_id } = await ingestSample();
    const path = join(folder, 'out.ts');
    const totals = emptyTotals();
    await writeFileAtomically(path, joinedSegments(client, { flowId: flow_id, timerange: '[2:0_5:0)' }, totals));
    expect(readFileSync(path)).toHaveLength(sampleSegment(0).length + sampleSegment(1).length);
    expect(writtenRange(totals)).toBe('[1:480000000_5:480000000)');

    server.objects.set('object-3', Buffer.from('not media'));
    const broken = writeFileAtomically(join(folder, 'broken.ts'), joinedSegments(client, { flowId: flow_id }));
    await expect(broken).rejects.toThrow('(object-3) does not start with an MPEG-TS packet');
    expect(readdirSync(folder)).toEqual(['out.ts']);
    expect(existsSync(join(folder, 'broken.ts'))).toBe(false);
  });

  it('refuses a file it cannot or should not write before anything is fetched', () => {
    const path = join(folder, 'mine.ts');
    writeFileSync(path, 'mine');
    expect(() => {
      refuseUnfitFile(path, false);
    }).toThrow('mine.ts exists already');
    expect(() => {
      refuseUnfitFile(folder, true);
    }).toThrow('is a folder');
    expect(() => {
      refuseUnfitFile(join(folder, 'none', 'out.ts'), true);
    }).toThrow(`There is no folder ${join(folder, 'none')}`);
    refuseUnfitFile(path, true);
    refuseUnfitFile(join(folder, 'new.ts'), false);
  });

  it('explains why there is nothing to write', async () => {
    const { flow_id, collected } = await ingestSample();
    await expect(outgested(flow_id, '[100:0_101:0)')).rejects.toThrow('has no segments that overlap [100:0_101:0)');
    await expect(outgested('unknown')).rejects.toThrow('has no Flow unknown');
    const video = collected[0]?.id ?? '';
    server.flows.set(video, { ...server.flows.get(video)!, collected_by: [flow_id] });
    await expect(outgested(video)).rejects.toHaveProperty('next', expect.stringContaining(flow_id));
  });

  it('runs the demo through', async () => {
    const lines: string[] = [];
    const result = await runDemo(client, PLAYLIST, (line) => lines.push(line));
    expect(result).toMatchObject({ segments: 3, timerange: '[9:980000000_14:980000000)' });
    expect(lines.join('\n')).toContain('gives exactly 3 of 10 segments');
  });

  itWithFfprobe('has a player accept the outgested file', async () => {
    const result = await runDemo(client, PLAYLIST, () => undefined);
    expect(result.ffprobe).toMatch(/^mpegts, h264 640x360 .* for 6\.\d+ s$/);
  });

  it('stops the demo at media that came back different', async () => {
    const altered = sampleSegment(5);
    altered[1000] = (altered[1000] ?? 0) ^ 1;
    server.interfere = (request) => {
      if (request.method === 'POST' && request.path.endsWith('/segments')) {
        for (const [id, object] of server.objects) if (object.equals(sampleSegment(5))) server.objects.set(id, altered);
      }
      return false;
    };
    const sha256 = createHash('sha256').update(altered).digest('hex');
    await expect(runDemo(client, PLAYLIST, () => undefined)).rejects.toThrow(`came back different: SHA-256 ${sha256}`);
  });

  it('stops the demo when the server returns a neighbour that does not overlap', async () => {
    server.interfere = (request) => {
      // A server that takes the exclusive end of a range for an inclusive one.
      const segment = server.segments[4];
      if (request.method === 'GET' && segment) segment.timerange = '[9:480000000_11:480000001)';
      return false;
    };
    await expect(runDemo(client, PLAYLIST, () => undefined)).rejects.toThrow('expected 3 segments, got 3');
  });
});
