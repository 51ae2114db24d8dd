import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectDownload } from './client/download';
import { HttpFailure } from './client/http-request';
import type { TamsClient } from './client/tams-client';
import { boundsOf, Failure, type FlowSegment, formatTimeRange, type SentSegment, type Service } from '@tams/media';
import { ffprobe } from './ffprobe';
import { ingest, type IngestResult } from './ingest/ingest';
import { emptyTotals, joinedSegments } from './outgest/joined-segments';
import { writeFileAtomically } from './outgest/output-file';
import { readableBytes, readableSeconds, ticked, warned } from './terminal';

/** What the demo found, for machines. */
export interface DemoResult {
  flow_id: string;
  timerange: string;
  segments: number;
  compared_bytes: number;
  /** Where players find it; absent where the server has no such address. */
  playback_url?: string;
  /** What ffprobe says of the file written back; absent where it is not installed. */
  ffprobe?: string;
}

interface Bounds {
  start: bigint;
  end: bigint;
}

/**
 * Ingests media, asks for moments of it, and compares every byte that comes back with what went in.
 * @param say shows one line to the person
 * @throws Failure at the first thing that is not as it should be
 */
export async function runDemo(client: TamsClient, media: string, say: (line: string) => void): Promise<DemoResult> {
  if (/^https?:/i.test(media)) {
    throw new Failure('The demo compares with files on this machine', {
      next: 'Give it a local playlist, file or folder.',
    });
  }
  say(`\n1. Is a TAMS server there? (${client.url})`);
  const service = await findService(client);
  say(ticked(`${service.name ?? 'a TAMS server without a name'}, API ${service.api_version ?? '?'}`));

  say('\n2. Media in');
  const ingested = await ingest(
    client,
    { media, label: 'Demo' },
    {
      ...SILENT,
      warn: (text) => {
        say(warned(text));
      },
    },
  );
  say(ticked(`Flow ${ingested.flow_id}`));
  say(
    ticked(
      `${ingested.segments.length} segments, ${readableBytes(ingested.bytes)}, ${readableSeconds(ingested.seconds)}: ${ingested.timerange}`,
    ),
  );

  say('\n3. Asking by time');
  const middle = await checkQueries(client, ingested, say);

  say('\n4. The media that comes back');
  const compared = await compareObjects(client, ingested.flow_id, middle, say);

  say('\n5. Media out');
  const player = await checkOutgest(client, ingested.flow_id, middle, say);

  const playback = await client.playbackUrl(ingested.flow_id);
  say(`\n${ticked(`All as it should be. The Flow stays: ${client.url}/flows/${ingested.flow_id}`)}`);
  if (playback !== undefined) say(ticked(`Players of HLS find it at ${playback}`));
  return {
    flow_id: ingested.flow_id,
    timerange: middle.query,
    segments: middle.expected.length,
    compared_bytes: compared,
    ...(playback === undefined ? {} : { playback_url: playback }),
    ...(player === undefined ? {} : { ffprobe: player }),
  };
}

const nothing = (): void => undefined;
const SILENT = { uploading: nothing, uploaded: nothing, registered: nothing, warn: nothing };

async function findService(client: TamsClient): Promise<Service> {
  try {
    return await client.tryingOnce(client.signal).service();
  } catch (error) {
    if (!(error instanceof HttpFailure) || error.status !== undefined) throw error;
    throw new Failure(`No TAMS server answers at ${client.url}`, {
      next: 'Start one in another terminal with: npm start   (or name another one with --url)',
      cause: error,
    });
  }
}

/** A question by time and the ingested segments that must answer it. */
interface Question {
  title: string;
  query: string;
  expected: SentSegment[];
}

/** Asks for moments around the middle and returns the one that falls inside segments. */
async function checkQueries(
  client: TamsClient,
  ingested: IngestResult,
  say: (line: string) => void,
): Promise<Question> {
  const inside = questionInside(ingested.segments);
  for (const question of [inside, ...furtherQuestions(ingested.segments)]) {
    const answered = await listSegments(client, ingested.flow_id, question.query);
    const found = answered.map((segment) => `${segment.timerange} ${segment.object_id}`);
    const wanted = question.expected.map((segment) => `${segment.timerange} ${segment.object_id}`);
    if (found.join('\n') !== wanted.join('\n')) {
      throw new Failure(
        [
          `${question.title}, ${question.query}: expected ${wanted.length} segments, got ${found.length}`,
          ...wanted.map((each) => `  expected ${each}`),
          ...found.map((each) => `  got      ${each}`),
        ].join('\n'),
      );
    }
    say(
      ticked(
        `${question.query} gives exactly ${wanted.length} of ${ingested.segments.length} segments (${question.title})`,
      ),
    );
  }
  return inside;
}

/** From inside one segment to inside the segment after the next, near the middle of the Flow. */
function questionInside(segments: SentSegment[]): Question {
  const index = Math.max(0, Math.min(Math.floor(segments.length / 2) - 1, segments.length - 3));
  const expected = segments.slice(index, index + 3);
  const [first, last] = [boundsOfSegment(expected[0]), boundsOfSegment(expected.at(-1))];
  const query = formatTimeRange(first.start + (first.end - first.start) / 4n, last.end - (last.end - last.start) / 4n);
  return { title: 'begins and ends inside segments', query, expected };
}

function furtherQuestions(segments: SentSegment[]): Question[] {
  const middle = segments[Math.floor(segments.length / 2)];
  const { start, end } = boundsOfSegment(middle);
  const after = boundsOfSegment(segments.at(-1)).end;
  const exactly = middle ? [middle] : [];
  return [
    { title: "one segment's own range, neighbours excluded", query: formatTimeRange(start, end), expected: exactly },
    { title: 'after the end', query: formatTimeRange(after, after + 1_000_000_000n), expected: [] },
  ];
}

function boundsOfSegment(segment: SentSegment | undefined): Bounds {
  const bounds = segment && boundsOf(segment.timerange);
  if (!bounds) throw new Error('an ingested segment has no bounds');
  return bounds;
}

async function listSegments(client: TamsClient, flowId: string, timerange: string): Promise<FlowSegment[]> {
  const segments: FlowSegment[] = [];
  // Two a page, so that paging is seen to work as well.
  for await (const page of client.segmentPages(flowId, { timerange, limit: '2' })) segments.push(...page);
  return segments;
}

async function compareObjects(
  client: TamsClient,
  flowId: string,
  question: Question,
  say: (line: string) => void,
): Promise<number> {
  const listed = await listSegments(client, flowId, question.query);
  let compared = 0;
  for (const [index, segment] of listed.entries()) {
    const original = question.expected[index];
    if (!original) throw new Error('more segments than were compared before');
    const download = new ObjectDownload(client, segment.object_id, segment.get_urls ?? [], () => Promise.resolve([]));
    const [sent, received] = [await sha256(createReadStream(fileOf(original))), await sha256(download.bytes())];
    if (sent !== received) {
      throw new Failure(
        `${segment.timerange} came back different: SHA-256 ${received}, but ${fileOf(original)} has ${sent}`,
      );
    }
    compared += original.bytes;
    say(ticked(`${segment.timerange} is identical: SHA-256 ${sent.slice(0, 16)}…, ${readableBytes(original.bytes)}`));
  }
  return compared;
}

async function checkOutgest(
  client: TamsClient,
  flowId: string,
  question: Question,
  say: (line: string) => void,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'tams-demo-'));
  const path = join(folder, 'out.ts');
  try {
    await writeFileAtomically(path, joinedSegments(client, { flowId, timerange: question.query }, emptyTotals()));
    const [written, wanted] = [await sha256(createReadStream(path)), await sha256(joined(question.expected))];
    if (written !== wanted)
      throw new Failure(`The outgested file is not the originals joined: SHA-256 ${written}, not ${wanted}`);
    say(
      ticked(
        `outgest of ${question.query} wrote ${readableBytes((await stat(path)).size)}, the originals joined byte for byte`,
      ),
    );
    const described = await ffprobe(path);
    say(
      described === undefined
        ? warned('ffprobe is not installed, so no player was asked')
        : ticked(`ffprobe accepts it: ${described}`),
    );
    return described;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* joined(segments: SentSegment[]): AsyncGenerator<Buffer> {
  for (const segment of segments) yield* createReadStream(fileOf(segment)) as AsyncIterable<Buffer>;
}

/** The demo compares with files: what it ingests is stored as it is. */
function fileOf(segment: SentSegment): string {
  if (segment.file !== undefined) return segment.file;
  throw new Failure('The demo compares stored objects with files, and this media was cut into new ones', {
    next: 'Give it a playlist or a folder of segments.',
  });
}

async function sha256(chunks: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
