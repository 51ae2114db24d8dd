import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type Content,
  Failure,
  type Flow,
  type FlowIdBook,
  type FlowNaming,
  MediaGoneFailure,
  multiFlow,
  type PreparedSegment,
  type Rendition,
  rolesOf,
  type TrackDescription,
  trackFlow,
} from '@tams/media';
import { DEFAULT_RETRY, HttpFailure } from '../client/http-request';
import type { TemporaryFolder } from '../temporary-folder';
import type { Location } from './location';
import type { ListedSegment, MediaPlaylist } from './playlist';
import { SegmentReader, type SegmentAnalysis, type TrackSpan } from './segment-analysis';
import { SegmentTimeline, type TimelineOptions } from './segment-timeline';

/** A segment that exists already. */
export interface ExistingSegment {
  name: string;
  content: Content;
  init?: Content;
  /** Discontinuity Sequence Number. */
  discontinuity: number;
}

/** How existing segments become a rendition. */
export interface SegmentedOptions {
  ids: FlowIdBook;
  naming: FlowNaming;
  timeline: TimelineOptions;
  /** Keys of the ids: of this rendition, and of what it shares a Source with. */
  key?: string;
  sourceKey?: string;
  /** Language according to a playlist. */
  language?: string;
  /** Read everything before anything is created, so that damaged media creates nothing. */
  readsAhead: boolean;
}

/**
 * Makes a rendition of segments that are stored as they are: of several tracks a multi Flow with the Flows inside it
 * (AppNotes 0001, 0006), of one track that track's Flow.
 * @throws Failure where there are none, or the first cannot be read
 */
export async function segmentedRendition(
  name: string,
  existing: AsyncIterable<ExistingSegment>,
  options: SegmentedOptions,
): Promise<Rendition> {
  const reader = new SegmentReader();
  const iterator = existing[Symbol.asyncIterator]();
  const opening = await iterator.next();
  if (opening.done) throw new Failure(`${name} lists no segments`);
  const first = opening.value;
  const analysis = await reader.analyse(first.name, first.content, first.init);
  const { flow, inside } = flowsOf(analysis, options);
  const rest = { [Symbol.asyncIterator]: () => iterator };
  const segments = placedSegments(reader, { segment: first, analysis }, rest, options.timeline);
  if (!options.readsAhead) return { name, flow, inside, segments };
  const all: PreparedSegment[] = [];
  for await (const segment of segments) all.push(segment);
  return { name, flow, inside, segments: inTurn(all) };
}

async function* placedSegments(
  reader: SegmentReader,
  first: { segment: ExistingSegment; analysis: SegmentAnalysis },
  rest: AsyncIterable<ExistingSegment>,
  options: TimelineOptions,
): AsyncGenerator<PreparedSegment> {
  const timeline = new SegmentTimeline(options);
  try {
    first.analysis.warnings.forEach(options.warn);
    yield* timeline.place(first.analysis, first.segment.discontinuity);
    for await (const segment of rest) {
      const analysis = await readable(reader, segment, options);
      if (!analysis) continue;
      analysis.warnings.forEach(options.warn);
      yield* timeline.place(analysis, segment.discontinuity);
    }
    const last = timeline.finish();
    if (last) yield last;
  } finally {
    reader.dispose();
  }
}

/** What is in a further segment. One of a live stream that cannot be read is left out, and those after it are not. */
async function readable(
  reader: SegmentReader,
  { name, content, init }: ExistingSegment,
  { isLive, warn }: TimelineOptions,
): Promise<SegmentAnalysis | undefined> {
  try {
    return await reader.analyse(name, content, init);
  } catch (error) {
    if (!isLive || !(error instanceof Failure)) throw error;
    warn(`${error.message}; it is left out`);
    return undefined;
  }
}

function flowsOf(analysis: SegmentAnalysis, options: SegmentedOptions): { flow: Flow; inside: Flow[] } {
  const { ids, naming, key = '', sourceKey = key } = options;
  const spans = analysis.spans.map((span) => ({
    ...span,
    description: inLanguage(span.description, options.language),
  }));
  const idsOf = (part: string): { id: string; source_id: string } =>
    ids.idsFor(`${key}/${part}`, `${sourceKey}/${part}`);
  const storage = { container: containerOf(analysis), initSegments: analysis.init !== undefined };
  const [only] = spans;
  if (only && spans.length === 1) {
    return { flow: trackFlow(only.description, idsOf(partOf(only)), naming, storage), inside: [] };
  }
  const roles = rolesOf(spans.map((span) => span.description));
  const collected = spans.map((span, index) => {
    const role = roles[index] ?? '';
    const flow = trackFlow(span.description, idsOf(partOf(span)), { ...naming, label: `${naming.label} (${role})` });
    return { flow, role, mapping: { ...mappingOf(analysis, span), track_index: index } };
  });
  const flow = multiFlow(idsOf('multi'), naming, collected, storage);
  return { flow, inside: collected.map((item) => item.flow) };
}

function partOf({ description, formatIndex }: TrackSpan): string {
  return `${description.kind}-${formatIndex}`;
}

function inLanguage<T extends TrackDescription>(description: T, language: string | undefined): T {
  return language === undefined || description.language !== 'und' ? description : { ...description, language };
}

function containerOf(analysis: SegmentAnalysis): string {
  if (analysis.container !== 'isobmff') return analysis.mimeType;
  return analysis.spans.some(({ description }) => description.kind === 'video') ? 'video/mp4' : 'audio/mp4';
}

function mappingOf(
  analysis: SegmentAnalysis,
  span: TrackSpan,
): { format_track_index: number; mp2ts_container?: { pid: number }; isobmff_container?: { track_id: number } } {
  return {
    format_track_index: span.formatIndex,
    ...(analysis.container === 'mpeg-ts' ? { mp2ts_container: { pid: span.trackId } } : {}),
    ...(analysis.container === 'isobmff' ? { isobmff_container: { track_id: span.trackId } } : {}),
  };
}

async function* inTurn<T>(items: T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

/** The `*.ts` files of a folder in natural order, one segment each. @throws Failure where there are none */
export async function* segmentsOfFolder(folder: string): AsyncGenerator<ExistingSegment> {
  const natural = new Intl.Collator('en', { numeric: true });
  const names = (await readdir(folder)).filter((name) => /\.ts$/i.test(name)).sort((a, b) => natural.compare(a, b));
  if (names.length === 0) {
    throw new Failure(`${basename(folder)} holds no .ts files`, {
      next: 'Give a .m3u8 playlist, a media file or a folder of .ts files.',
    });
  }
  for (const name of names) {
    const path = join(folder, name);
    yield { name, content: { path, offset: 0, size: (await stat(path)).size }, discontinuity: 0 };
  }
}

/** The segments a media playlist lists, fetched one by one. @throws Failure where one is missing */
export async function* segmentsOfPlaylist(
  playlist: MediaPlaylist,
  location: Location,
  folder: TemporaryFolder,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExistingSegment> {
  const fetcher = new SegmentFetcher(location, folder, signal);
  for (const segment of playlist.segments) {
    signal?.throwIfAborted();
    try {
      yield await fetcher.fetch(segment);
    } catch (error) {
      throw gone(playlist, location, segment, error);
    }
  }
}

/** Fetches segments and the initialisation segments they share. */
export class SegmentFetcher {
  private init: { key: string; content: Content } | undefined;

  constructor(
    private readonly location: Location,
    private readonly folder: TemporaryFolder,
    private readonly signal: AbortSignal | undefined,
    private readonly retry = DEFAULT_RETRY,
  ) {}

  /** One listed segment with what it needs. */
  async fetch(segment: ListedSegment): Promise<ExistingSegment> {
    const found = this.location.resolve(segment.uri);
    const content = await found.content(this.folder, segment.range, this.signal, this.retry);
    const init = segment.init ? { init: await this.fetchInit(segment.init) } : {};
    return { name: nameOf(segment), content, discontinuity: segment.discontinuity, ...init };
  }

  private async fetchInit(reference: NonNullable<ListedSegment['init']>): Promise<Content> {
    const key = `${reference.uri} ${reference.range?.offset ?? ''} ${reference.range?.length ?? ''}`;
    if (this.init?.key !== key) {
      const content = await this.location.resolve(reference.uri).content(this.folder, reference.range, this.signal);
      this.init = { key, content };
    }
    return this.init.content;
  }
}

function nameOf({ uri, range }: ListedSegment): string {
  const [path = ''] = uri.split('?');
  const name = path.slice(path.lastIndexOf('/') + 1);
  return range ? `${name} (bytes ${range.offset} to ${range.offset + range.length - 1})` : name;
}

/** What is missing at its origin is no fault of this server, and the person should not look there. */
function gone({ ended }: MediaPlaylist, location: Location, segment: ListedSegment, error: unknown): unknown {
  if (!(error instanceof HttpFailure) || (error.status !== 404 && error.status !== 410)) return error;
  if (ended) {
    return new MediaGoneFailure(
      `${nameOf(segment)} is not there, although ${location.name} lists it (${error.message})`,
      {
        next: 'Ask whoever publishes the playlist.',
        cause: error,
      },
    );
  }
  return new MediaGoneFailure(
    `${nameOf(segment)} is gone: the live playlist ${location.name} moved on while it was read`,
    {
      next: 'Follow a live playlist as it grows: add --follow.',
      cause: error,
    },
  );
}
