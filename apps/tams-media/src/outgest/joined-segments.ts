import { ObjectDownload } from '../client/download';
import type { TamsClient } from '../client/tams-client';
import { boundsOf, Failure, type FlowSegment, formatTimeRange, PACKET_BYTES, SYNC_BYTE, toSeconds } from '@tams/media';
import { nothingThere } from './wanted-range';

/** What to write. */
export interface JoinOptions {
  flowId: string;
  /** A TAMS timerange; the whole Flow where absent. Segments that overlap it are written whole. */
  timerange?: string | undefined;
  /** Downloads opened ahead of the one being written; default 4. */
  concurrency?: number | undefined;
}

/** What has been written so far. */
export interface JoinTotals {
  segments: number;
  bytes: number;
  /** Nanoseconds: start of the first segment, end of the last one. */
  start: bigint | undefined;
  end: bigint | undefined;
  /** Segments whose media carries other times than the Flow. */
  shifted: number;
  /** Segments that use a part of their object only; the whole is written. */
  partial: number;
}

const TRANSPORT_STREAM = 'video/mp2t';
/** Containers whose pieces make a playable whole when one follows another, with initialisation segments where they have them. */
const JOINABLE = /^(video\/mp2t|(video|audio|application)\/(mp4|iso\.segment)|audio\/(aac|mpeg))$/i;
const PAGE = '100';

/** Totals before anything is written. */
export function emptyTotals(): JoinTotals {
  return { segments: 0, bytes: 0, start: undefined, end: undefined, shifted: 0, partial: 0 };
}

/** The range that was written, as a TAMS timerange. */
export function writtenRange(totals: JoinTotals): string {
  return formatTimeRange(totals.start ?? 0n, totals.end ?? 0n);
}

/** Seconds from the first start to the last end. */
export function writtenSeconds(totals: JoinTotals): number {
  return toSeconds((totals.end ?? 0n) - (totals.start ?? 0n));
}

/**
 * The bytes of a Flow's segments in time order, in constant memory: pages of the listing are fetched as they are needed and
 * the next few downloads are opened ahead.
 * @param totals kept up to date while reading
 * @throws Failure where there is nothing to write or an object is not whole MPEG-TS packets
 */
export async function* joinedSegments(
  client: TamsClient,
  options: JoinOptions,
  totals: JoinTotals = emptyTotals(),
): AsyncGenerator<Buffer> {
  const container = await containerToJoin(client, options.flowId);
  const inits = new InitialisationBytes(client, options.flowId);
  const ahead: { segment: FlowSegment; download: ObjectDownload }[] = [];
  const segments = segmentsOf(client, options);
  try {
    for (;;) {
      while (ahead.length < (options.concurrency ?? 4)) {
        const { done, value: segment } = await segments.next();
        if (done) break;
        ahead.push({ segment, download: downloadOf(client, options.flowId, segment) });
      }
      const current = ahead.shift();
      if (!current) break;
      try {
        yield* counting(inits.before(current.segment), totals);
        const isTransportStream = container === TRANSPORT_STREAM;
        yield* isTransportStream
          ? wholePackets(current.segment, current.download, totals)
          : counting(current.download.bytes(), totals);
      } finally {
        await current.download.cancel();
      }
      count(current.segment, totals);
    }
  } finally {
    await Promise.all(ahead.map(({ download }) => download.cancel()));
  }
  if (totals.segments === 0) throw nothingThere(`Flow ${options.flowId}`, options.timerange);
}

async function* segmentsOf(client: TamsClient, options: JoinOptions): AsyncGenerator<FlowSegment, undefined> {
  const query = {
    limit: PAGE,
    include_object_timerange: 'true',
    ...(options.timerange === undefined ? {} : { timerange: options.timerange }),
  };
  for await (const page of client.segmentPages(options.flowId, query)) yield* page;
  return undefined;
}

function downloadOf(client: TamsClient, flowId: string, segment: FlowSegment): ObjectDownload {
  const refresh = async (): Promise<NonNullable<FlowSegment['get_urls']>> => {
    for await (const page of client.segmentPages(flowId, {
      timerange: segment.timerange,
      object_id: segment.object_id,
    })) {
      const again = page.find((each) => each.object_id === segment.object_id);
      if (again?.get_urls) return again.get_urls;
    }
    return [];
  };
  return new ObjectDownload(client, `Segment ${segment.timerange}`, segment.get_urls ?? [], refresh);
}

async function* counting(bytes: AsyncIterable<Buffer>, totals: JoinTotals): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    totals.bytes += chunk.length;
    yield chunk;
  }
}

/** Initialisation segments, each given before the first segment that needs it and wherever it changes (AppNote 0024). */
class InitialisationBytes {
  private last: string | undefined;

  constructor(
    private readonly client: TamsClient,
    private readonly flowId: string,
  ) {}

  async *before(segment: FlowSegment): AsyncGenerator<Buffer> {
    const init = segment.init_object;
    if (!init || init.object_id === this.last) return;
    this.last = init.object_id;
    const name = `Initialisation object ${init.object_id}`;
    const refresh = async (): Promise<NonNullable<FlowSegment['get_urls']>> => {
      const query = { timerange: segment.timerange, object_id: segment.object_id };
      for await (const page of this.client.segmentPages(this.flowId, query))
        return page[0]?.init_object?.get_urls ?? [];
      return [];
    };
    yield* new ObjectDownload(this.client, name, init.get_urls ?? [], refresh).bytes();
  }
}

/** Passes the bytes on and makes sure that MPEG-TS packets can follow them. */
async function* wholePackets(
  segment: FlowSegment,
  download: ObjectDownload,
  totals: JoinTotals,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of download.bytes()) {
    if (bytes === 0 && chunk[0] !== SYNC_BYTE) throw damaged(segment, 'does not start with an MPEG-TS packet');
    bytes += chunk.length;
    totals.bytes += chunk.length;
    yield chunk;
  }
  if (bytes === 0) throw damaged(segment, 'is empty');
  if (bytes % PACKET_BYTES !== 0)
    throw damaged(segment, `ends in the middle of an MPEG-TS packet after ${bytes} bytes`);
}

function damaged(segment: FlowSegment, what: string): Failure {
  return new Failure(`The object of segment ${segment.timerange} (${segment.object_id}) ${what}`, {
    next: 'Write the ranges before and after it with --timerange, or ingest that media again.',
  });
}

function count(segment: FlowSegment, totals: JoinTotals): void {
  const bounds = boundsOf(segment.timerange);
  totals.segments += 1;
  totals.start ??= bounds?.start;
  totals.end = bounds?.end ?? totals.end;
  if (usesPart(segment)) totals.partial += 1;
  if (segment.ts_offset !== undefined && !/^-?0:0$/.test(segment.ts_offset)) totals.shifted += 1;
}

function usesPart(segment: FlowSegment): boolean {
  const [part, whole] = [boundsOf(segment.timerange), boundsOf(segment.object_timerange ?? '')];
  return part !== undefined && whole !== undefined && part.end - part.start < whole.end - whole.start;
}

/** The container of a Flow whose segments can follow one another. */
async function containerToJoin(client: TamsClient, id: string): Promise<string> {
  const flow = await client.flow(id);
  if (!flow) {
    throw new Failure(`${client.url} has no Flow ${id}`, {
      next: `List the Flows there are: curl '${client.url}/flows'`,
    });
  }
  if (flow.container === undefined) {
    const [collector] = flow.collected_by ?? [];
    throw new Failure(`Flow ${id} has no container, so it has no segments of its own`, {
      next: collector
        ? `Its media is in the Flow that collects it: npm run outgest -- ${collector} -o out.ts`
        : `Write what it collects into one file: npm run outgest -- ${id} -o out.mp4`,
    });
  }
  if (!JOINABLE.test(flow.container)) {
    throw new Failure(`Flow ${id} is ${flow.container}, whose pieces do not make a whole when joined end to end`, {
      next: `Write it anew: npm run outgest -- ${id} -o out.${flow.container === 'audio/wav' ? 'wav' : 'mkv'}`,
    });
  }
  return flow.container.toLowerCase();
}
