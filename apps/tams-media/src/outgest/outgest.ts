import { ObjectDownload } from '../client/download';
import type { TamsClient } from '../client/tams-client';
import type { FlowSegment } from '../client/tams-types';
import { Failure } from '../failure';
import { boundsOf, formatTimeRange, toSeconds } from '../media-time';

/** What to write. */
export interface OutgestOptions {
  flowId: string;
  /** A TAMS timerange; the whole Flow where absent. Segments that overlap it are written whole. */
  timerange?: string | undefined;
  /** Downloads opened ahead of the one being written; default 4. */
  concurrency?: number | undefined;
}

/** What has been written so far. */
export interface OutgestTotals {
  segments: number;
  bytes: number;
  /** Nanoseconds: start of the first segment, end of the last one. */
  start: bigint | undefined;
  end: bigint | undefined;
  /** Segments whose media carries other times than the Flow. */
  shifted: number;
}

const CONTAINER = 'video/mp2t';
const PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;
const PAGE = '100';

/** Totals before anything is written. */
export function emptyTotals(): OutgestTotals {
  return { segments: 0, bytes: 0, start: undefined, end: undefined, shifted: 0 };
}

/** The range that was written, as a TAMS timerange. */
export function writtenRange(totals: OutgestTotals): string {
  return formatTimeRange(totals.start ?? 0n, totals.end ?? 0n);
}

/** Seconds from the first start to the last end. */
export function writtenSeconds(totals: OutgestTotals): number {
  return toSeconds((totals.end ?? 0n) - (totals.start ?? 0n));
}

/**
 * The bytes of a Flow's segments in time order, in constant memory: pages of the listing are fetched as they are needed and
 * the next few downloads are opened ahead.
 * @param totals kept up to date while reading
 * @throws Failure where there is nothing to write or an object is not whole MPEG-TS packets
 */
export async function* outgest(
  client: TamsClient,
  options: OutgestOptions,
  totals: OutgestTotals = emptyTotals(),
): AsyncGenerator<Buffer> {
  await checkFlow(client, options.flowId);
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
        yield* wholePackets(current.segment, current.download, totals);
      } finally {
        await current.download.cancel();
      }
      count(current.segment, totals);
    }
  } finally {
    await Promise.all(ahead.map(({ download }) => download.cancel()));
  }
  if (totals.segments === 0) throw nothingThere(options);
}

async function* segmentsOf(client: TamsClient, options: OutgestOptions): AsyncGenerator<FlowSegment, undefined> {
  const query = { limit: PAGE, ...(options.timerange === undefined ? {} : { timerange: options.timerange }) };
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

/** Passes the bytes on and makes sure that MPEG-TS packets can follow them. */
async function* wholePackets(
  segment: FlowSegment,
  download: ObjectDownload,
  totals: OutgestTotals,
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

function count(segment: FlowSegment, totals: OutgestTotals): void {
  const bounds = boundsOf(segment.timerange);
  totals.segments += 1;
  totals.start ??= bounds?.start;
  totals.end = bounds?.end ?? totals.end;
  if (segment.ts_offset !== undefined && !/^-?0:0$/.test(segment.ts_offset)) totals.shifted += 1;
}

async function checkFlow(client: TamsClient, id: string): Promise<void> {
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
        : 'Choose a Flow with a container.',
    });
  }
  if (flow.container !== CONTAINER) {
    throw new Failure(`Flow ${id} is ${flow.container}, and only ${CONTAINER} segments can be joined end to end`, {
      next: `Read its segments one by one: curl '${client.url}/flows/${id}/segments'`,
    });
  }
}

function nothingThere(options: OutgestOptions): Failure {
  const where = options.timerange === undefined ? '' : ` that overlap ${options.timerange}`;
  return new Failure(`Flow ${options.flowId} has no segments${where}`, {
    next: "A timerange looks like '[10:0_20:0)': seconds:nanoseconds, in quotes for the shell. The Flow's own is in its timerange.",
  });
}
