import { Injectable } from '@nestjs/common';
import { ClassAccess } from '@tams/auth';
import { FlowRepository } from '@tams/flows';
import { acceptsNoGetUrl, type GetUrlFilter, GetUrls, instancesIn, type ObjectInstance } from '@tams/objects';
import {
  Database,
  decodeCursor,
  encodeCursor,
  JsonText,
  Page,
  PAGE_BYTES,
  ReadDatabase,
  Semaphore,
  ValidationError,
  withPageMemory,
} from '@tams/platform';
import { TraceOperation } from '@tams/telemetry';
import { z } from 'zod';
import { coverOf } from '../cover';
import { SegmentRepository, type SegmentRow } from '../segment.repository';
import type { FlowSegment, SegmentListQuery } from '../segment.schema';

/** A page key: the end of the last segment shown, in nanoseconds, and the direction it was found in. */
const cursor = z.object({
  end: z
    .string()
    // Ends the checks: what is no number cannot be asked whether it fits.
    .regex(/^-?\d{1,19}$/, { abort: true })
    .refine((text) => BigInt.asIntN(64, BigInt(text)) === BigInt(text)),
  reverse: z.boolean(),
});

/** Pages of so many segments at most never wait for longer ones. */
const SHORT_PAGE = 100;
/**
 * Segments of longer pages that are in work at a time, of all requests together, and how many such requests may wait. One after
 * the other they take as long, but hold less memory, and less of it grows old before it is garbage.
 */
const SEGMENTS_IN_WORK = 2_000;
const MOST_WAITING = 250;
/** What a segment takes on a page, with URLs on two storage backends, in bytes. */
const SEGMENT_BYTES = 4096;

/** Reading the segments of a Flow. */
@Injectable()
export class SegmentReadingService {
  private readonly longPages = new Semaphore(SEGMENTS_IN_WORK, MOST_WAITING);

  constructor(
    private readonly database: Database,
    private readonly reads: ReadDatabase,
    private readonly segments: SegmentRepository,
    private readonly getUrls: GetUrls,
    private readonly flows: FlowRepository,
    private readonly classes: ClassAccess,
  ) {}

  /** One page of segments in time order; a Flow nobody made, or that the caller may know nothing of, has none. */
  @TraceOperation('segment.list')
  list(flowId: string, query: SegmentListQuery, baseUrl: string): Promise<Page<SegmentRow, JsonText>> {
    const read = (): Promise<Page<SegmentRow, JsonText>> =>
      withPageMemory(query.limit, () => this.page(flowId, query, baseUrl), SEGMENT_BYTES);
    return query.limit <= SHORT_PAGE ? read() : this.longPages.with(query.limit, read);
  }

  private async page(flowId: string, query: SegmentListQuery, baseUrl: string): Promise<Page<SegmentRow, JsonText>> {
    const selection = {
      timerange: query.timerange,
      objectId: query.object_id,
      reverse: query.reverse_order,
      after: positionIn(query),
      count: query.limit + 1,
      withInstances: !acceptsNoGetUrl(query.getUrls),
    };
    const rows = (await this.isVisible(flowId)) ? await this.segments.list(this.reads, flowId, selection) : [];
    const urls = this.getUrls.narrow(query.getUrls);
    const texts: string[] = [];
    let length = 0;
    for (const row of rows.slice(0, query.limit)) {
      if (length >= PAGE_BYTES) break;
      const text = this.present(row, query, urls, baseUrl);
      length += text.length;
      texts.push(text);
    }
    const shown = rows.slice(0, texts.length);
    const last = shown.at(-1);
    const body = JsonText.array(texts);
    return Page.within(shown, body, {
      limit: query.limit,
      nextKey:
        (rows.length > shown.length || last?.more) && last
          ? encodeCursor({ end: last.end_ns, reverse: query.reverse_order })
          : undefined,
      reverseOrder: query.reverse_order,
      timerange: coverOf([shown[0], last].flatMap((row) => row?.timerange ?? [])).toString(),
    });
  }

  private async isVisible(flowId: string): Promise<boolean> {
    return !this.classes.readable || this.classes.admits('read', await this.flows.tags(this.database, flowId));
  }

  /** A `FlowSegment` as JSON text. */
  private present(row: SegmentRow, query: SegmentListQuery, filter: GetUrlFilter, baseUrl: string): string {
    const urls = (objectId: string, instances: readonly ObjectInstance[]): string =>
      this.getUrls.json(objectId, instances, filter, baseUrl);
    const timerange = query.include_object_timerange ? row.object_timerange : null;
    const placement = { ...placementOf(row), ...(timerange !== null && { object_timerange: timerange }) };
    const initObject =
      row.init_object_id === null
        ? ''
        : `,"init_object":{"object_id":${JSON.stringify(row.init_object_id)},"get_urls":${urls(row.init_object_id, row.init_instances ?? [])}}`;
    // All of the placement but its closing brace, then what comes as text.
    return `${JSON.stringify(placement).slice(0, -1)},"get_urls":${urls(row.object_id, instancesIn(row))}${initObject}}`;
  }
}

/** What clients read of a segment without asking where its objects are: its place, and what its object holds. */
function placementOf(row: SegmentRow): Omit<FlowSegment, 'get_urls' | 'init_object' | 'object_timerange'> {
  return {
    object_id: row.object_id,
    timerange: row.timerange,
    ...(row.ts_offset !== null && { ts_offset: row.ts_offset }),
    ...(row.last_duration !== null && { last_duration: row.last_duration }),
    ...(row.sample_offset !== null && { sample_offset: Number(row.sample_offset) }),
    ...(row.sample_count !== null && { sample_count: Number(row.sample_count) }),
    ...(row.key_frame_count !== null && { key_frame_count: Number(row.key_frame_count) }),
  };
}

function positionIn({ page, reverse_order }: SegmentListQuery): string | undefined {
  if (page === undefined) return undefined;
  const { end, reverse } = decodeCursor(page, cursor);
  if (reverse === reverse_order) return end;
  throw new ValidationError([
    { path: 'query.page', message: 'belongs to the other order; start again without `page`' },
  ]);
}
