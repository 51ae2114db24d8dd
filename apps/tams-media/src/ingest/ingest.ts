import { createReadStream } from 'node:fs';
import type { TamsClient } from '../client/tams-client';
import type { FailedSegment, Flow, NewSegment } from '../client/tams-types';
import { uploadObject } from '../client/upload';
import { forEachConcurrently } from '../concurrency';
import { Failure, reasonOf } from '../failure';
import { formatTimeRange, formatTimestamp, toSeconds } from '../media-time';
import { analyseTransportStream, leadingTrack, type MediaAnalysis } from '../transport-stream/analysis';
import { describeFlows, type FlowDescriptions } from './flow-description';
import { counted } from '../terminal';
import { findMedia, type MediaFile } from './media-files';
import { coverageOf, layTimeline, type TimedMedia } from './timeline';

/** What to ingest. */
export interface IngestOptions {
  /** A playlist, a file or a folder, or an http(s) URL of the first two. */
  media: string;
  label?: string | undefined;
  /** Uploads at the same time; default 4. */
  concurrency?: number | undefined;
}

/** Told how far an ingest has come. */
export interface IngestProgress {
  analysing: (files: number) => void;
  analysed: () => void;
  uploading: (bytes: number) => void;
  uploaded: (bytes: number) => void;
  warn: (text: string) => void;
}

/** One ingested file: which object it became, where it lies on the timeline, and which file it was. */
export interface IngestedSegment {
  object_id: string;
  timerange: string;
  file: string;
  bytes: number;
}

/** What an ingest made. */
export interface IngestResult {
  flow_id: string;
  source_id: string;
  label: string;
  /** Range of all segments. */
  timerange: string;
  seconds: number;
  bytes: number;
  segments: IngestedSegment[];
  /** The Flows collected by a multi Flow. */
  collected: { id: string; format: string }[];
}

/** Objects allocated, uploaded and registered in one go: few round trips, and no upload URL grows old. */
const BATCH = 50;

/**
 * Reads the media, creates its Flows, uploads the files and registers them as segments. Nothing is created before all
 * files have been read and found to fit together.
 * @throws Failure with what went wrong; the Flow then says `awaiting_content`
 */
export async function ingest(
  client: TamsClient,
  options: IngestOptions,
  progress: IngestProgress,
): Promise<IngestResult> {
  const media = await findMedia(options.media, client.signal);
  try {
    media.warnings.forEach(progress.warn);
    const { segments, warnings } = layTimeline(await analyseAll(media.files, progress, client.signal));
    warnings.forEach(progress.warn);
    const label = options.label ?? media.title;
    const flows = describeFlows(segments, label, `Ingested from ${media.title} by tams-media`);
    await putFlows(client, flows, 'ingesting');
    const sent = await send(client, flows.main, media.files, segments, options.concurrency ?? 4, progress).catch(
      (error: unknown) => abandon(client, flows, error),
    );
    await putFlows(client, flows, 'closed_complete');
    return resultOf(flows, label, segments, sent);
  } finally {
    await media.dispose();
  }
}

async function analyseAll(
  files: MediaFile[],
  progress: IngestProgress,
  signal: AbortSignal | undefined,
): Promise<MediaAnalysis[]> {
  progress.analysing(files.length);
  const analyses: MediaAnalysis[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const previous = analyses.at(-1);
    const reference = previous && leadingTrack(previous).lastTicks;
    const analysis = await analyseTransportStream(file.name, createReadStream(file.path), reference);
    analysis.warnings.forEach(progress.warn);
    analyses.push(analysis);
    progress.analysed();
  }
  return analyses;
}

/** Collected Flows first: a collection may only name Flows that exist. */
async function putFlows(
  client: TamsClient,
  flows: FlowDescriptions,
  status: NonNullable<Flow['status']>,
): Promise<void> {
  for (const flow of [...flows.collected, flows.main]) await client.putFlow({ ...flow, status });
}

async function send(
  client: TamsClient,
  flow: Flow,
  files: MediaFile[],
  segments: TimedMedia[],
  concurrency: number,
  progress: IngestProgress,
): Promise<IngestedSegment[]> {
  progress.uploading(segments.reduce((total, segment) => total + segment.media.bytes, 0));
  const sent: IngestedSegment[] = [];
  while (sent.length < segments.length) {
    const from = sent.length;
    const objects = await client.allocate(flow.id, Math.min(BATCH, segments.length - from));
    const batch = segments.slice(from, from + objects.length).map((segment, index) => ({
      segment,
      object: objects[index] as (typeof objects)[number],
      path: files[from + index]?.path ?? '',
    }));
    await forEachConcurrently(batch, concurrency, ({ segment, object, path }) =>
      uploadObject(client, object, { path, bytes: segment.media.bytes }, progress.uploaded),
    );
    const failed = await client.register(
      flow.id,
      batch.map(({ segment, object }) => newSegment(segment, object.object_id)),
    );
    if (failed.length > 0) throw notRegistered(failed);
    sent.push(...batch.map(({ segment, object, path }) => ingested(segment, object.object_id, path)));
  }
  return sent;
}

function newSegment(segment: TimedMedia, objectId: string): NewSegment {
  return {
    object_id: objectId,
    timerange: formatTimeRange(segment.start, segment.end),
    ...(segment.tsOffset === 0n ? {} : { ts_offset: formatTimestamp(segment.tsOffset) }),
    ...(segment.lastDuration === undefined ? {} : { last_duration: formatTimestamp(segment.lastDuration) }),
    ...(segment.media.video ? { key_frame_count: segment.media.video.keyFrames } : {}),
  };
}

function ingested(segment: TimedMedia, objectId: string, path: string): IngestedSegment {
  const timerange = formatTimeRange(segment.start, segment.end);
  return { object_id: objectId, timerange, file: path, bytes: segment.media.bytes };
}

function notRegistered(failed: FailedSegment[]): Failure {
  const shown = failed
    .slice(0, 5)
    .map((each) => `  ${each.timerange ?? '?'} ${each.object_id}: ${each.error?.summary ?? 'no reason given'}`);
  const more = failed.length > shown.length ? [`  and ${failed.length - shown.length} more`] : [];
  return new Failure(
    [`The server did not register ${counted(failed.length, 'segment')}:`, ...shown, ...more].join('\n'),
  );
}

/** Leaves the Flow in a state that is true, says so, and passes the failure on. */
async function abandon(client: TamsClient, flows: FlowDescriptions, error: unknown): Promise<never> {
  if (!(error instanceof Failure)) throw error;
  const state = await putFlows(client.tryingOnce(undefined), flows, 'awaiting_content').then(
    () => `Flow ${flows.main.id} exists with what was registered before, and says awaiting_content.`,
    (second: unknown) => `Flow ${flows.main.id} was left saying ingesting: ${reasonOf(second)}.`,
  );
  throw new Failure(error.message, {
    next: [error.next, `${state} A new ingest makes a new Flow.`].filter(Boolean).join(' '),
    cause: error,
  });
}

function resultOf(
  flows: FlowDescriptions,
  label: string,
  segments: TimedMedia[],
  sent: IngestedSegment[],
): IngestResult {
  return {
    flow_id: flows.main.id,
    source_id: flows.main.source_id,
    label,
    timerange: coverageOf(segments),
    seconds: segments.reduce((total, segment) => total + toSeconds(segment.end - segment.start), 0),
    bytes: sent.reduce((total, segment) => total + segment.bytes, 0),
    segments: sent,
    collected: flows.collected.map(({ id, format }) => ({ id, format })),
  };
}
