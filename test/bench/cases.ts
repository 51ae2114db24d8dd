import type { BenchFlow, BenchStore } from './bench-store';
import { segmentsAt } from './bench-store';
import { LIST_LIMIT, LIST_TAG } from './floor-setup';
import type { LoadPlan, LoadRequest } from './load-plan';
import type { MeasuredServer } from './processes';

/** How much one round sends. */
export interface RoundSize {
  /** Seconds of a round that reads. */
  readonly seconds: number;
  /** Single registrations of a round. */
  readonly registrations: number;
  /** Batches of a thousand of a round. */
  readonly batches: number;
}

/** One kind of request the benchmark measures. */
export interface BenchCase {
  readonly name: string;
  /** What one request carries when that is more than itself, for example 1,000 segments. */
  readonly items?: { readonly count: number; readonly unit: string };
  /** Makes the load of one round; what it needs in the store is made first. */
  readonly round: (size: RoundSize, server: MeasuredServer) => Promise<LoadPlan[]>;
}

/** Segments of the Flow that is read. */
export const READ_SEGMENTS = 10_000;
/** Segments of the Flow that is played, an hour of two seconds each, and of its live window of five minutes. */
const PLAYED_SEGMENTS = 1_800;
const PLAYED_SEGMENT_SECONDS = 2;
const WINDOW_SEGMENTS = 150;
const BATCH = 1000;
const READERS = 8;
const REGISTRARS = 8;
const BATCH_WRITERS = 4;
const LIVE_WRITERS = 50;
const LIVE_READERS = 20;
/** Writers of one Flow, each with four segments a second: enough to keep its lock taken, and not the processor, which is no line. */
const CROWD = 60;
const CROWD_SEGMENTS_A_SECOND = 4 * CROWD;
/** Reads of another Flow beside them. */
const READS_ELSEWHERE_A_SECOND = 40;
/** What is compared of a busy Flow: pages of 30 of another Flow, as often as said. */
export const READS_ALONE = 'reads elsewhere, alone';
export const READS_IN_CROWD = 'reads elsewhere, beside 60 writers of one flow';
/** Different requests a reading plan goes round. */
const VARIETY = 500;

/** The Flows the cases use. */
interface BenchFlows {
  readonly read: BenchFlow;
  readonly played: BenchFlow;
  readonly single: readonly BenchFlow[];
  readonly batch: readonly BenchFlow[];
  readonly live: readonly BenchFlow[];
  readonly crowded: readonly BenchFlow[];
  readonly storage: readonly BenchFlow[];
}

/** Fills the store and returns the cases, in the order of docs/performance.md. */
export async function createCases(store: BenchStore, listedFlows: number): Promise<BenchCase[]> {
  const [read, played] = await store.createFlows(2);
  if (!read || !played) throw new Error('No Flow was made.');
  await store.fill(read, READ_SEGMENTS);
  await store.fill(played, PLAYED_SEGMENTS, PLAYED_SEGMENT_SECONDS);
  await store.createListedFlows(listedFlows, Math.min(listedFlows, 2 * LIST_LIMIT));
  const flows: BenchFlows = {
    read,
    played,
    single: await store.createFlows(REGISTRARS * 2),
    batch: await store.createFlows(BATCH_WRITERS),
    live: await store.createFlows(LIVE_WRITERS),
    crowded: await store.createFlows(1),
    storage: await store.createFlows(4),
  };
  await store.settle();
  return [...readCases(flows), ...writeCases(store, flows), liveCase(store, flows), ...crowdCases(store, flows)];
}

function readCases({ read, played, live }: BenchFlows): BenchCase[] {
  const page = (count: number, query: string) => () =>
    pagePath(read.id, Math.floor(Math.random() * (READ_SEGMENTS - count)), count, query);
  const listing = `/flows?limit=${LIST_LIMIT}&tag.${LIST_TAG.name}=${LIST_TAG.value}`;
  const flow = () => `/flows/${live[Math.floor(Math.random() * live.length)]?.id ?? ''}`;
  return [
    reading('page of 30, presigned URLs', page(30, '')),
    reading('page of 30, no URLs', page(30, '&accept_get_urls=')),
    reading('page of 1,000, presigned URLs', page(BATCH, ''), BATCH),
    reading('page of 1,000, no URLs', page(BATCH, '&accept_get_urls='), BATCH),
    reading('one flow', flow),
    reading('list of 100 flows by tag', () => listing),
    playing('playlist of one hour', played, 'vod', PLAYED_SEGMENTS),
    playing('live window of a playlist', played, 'live', WINDOW_SEGMENTS),
  ];
}

/** A case of the media playlist of a Flow. @param entries how many it lists */
function playing(name: string, { id }: BenchFlow, type: 'live' | 'vod', entries: number): BenchCase {
  return reading(name, () => `/flows/${id}/output.m3u8?type=${type}`, entries, 'entries');
}

/** A case that reads: each request goes to what `path` gives. @param count of what one answer holds, if that is said */
export function reading(name: string, path: () => string, count?: number, unit = 'segments'): BenchCase {
  return {
    name,
    ...(count !== undefined && { items: { count, unit } }),
    round: ({ seconds }) => Promise.resolve([readingPlan(name, path, READERS, seconds)]),
  };
}

function readingPlan(label: string, path: () => string, connections: number, seconds: number): LoadPlan {
  const requests = Array.from({ length: VARIETY }, (): LoadRequest => ({ method: 'GET', path: path() }));
  return { label, requests, status: 200, connections, pace: { kind: 'cycle', seconds } };
}

/** A page of a Flow's segments, from a second of its timeline on. */
export function pagePath(flowId: string, start: number, count: number, query = ''): string {
  const timerange = encodeURIComponent(`[${start}:0_${start + count}:0)`);
  return `/flows/${flowId}/segments?timerange=${timerange}&limit=${count}${query}`;
}

function writeCases(store: BenchStore, flows: BenchFlows): BenchCase[] {
  const once = { kind: 'once' } as const;
  return [
    {
      name: 'register one segment',
      round: async ({ registrations }) => [
        {
          label: 'register one segment',
          requests: await registrationsOf(store, flows.single, registrations, 1),
          status: 201,
          connections: REGISTRARS,
          pace: once,
        },
      ],
    },
    {
      name: 'register 1,000 in a batch',
      items: { count: BATCH, unit: 'segments' },
      round: async ({ batches }) => [
        {
          label: 'register 1,000 in a batch',
          requests: await registrationsOf(store, flows.batch, batches, BATCH),
          status: 201,
          connections: BATCH_WRITERS,
          pace: once,
        },
      ],
    },
    {
      name: 'allocate 100 objects',
      items: { count: 100, unit: 'objects' },
      round: ({ seconds }) =>
        Promise.resolve([
          {
            label: 'allocate 100 objects',
            requests: flows.storage.map(({ id }): LoadRequest => ({
              method: 'POST',
              path: `/flows/${id}/storage`,
              body: '{"limit":100}',
            })),
            status: 201,
            connections: BATCH_WRITERS,
            pace: { kind: 'cycle', seconds },
          },
        ]),
    },
  ];
}

/** 50 writers, each a segment a second, beside 20 readers of the last half minute who read as fast as they are answered. */
function liveCase(store: BenchStore, flows: BenchFlows): BenchCase {
  return {
    name: 'live ingest',
    round: async ({ seconds }) => {
      const { live } = flows;
      const lastPage = (): string => {
        const { id, nextSecond } = live[Math.floor(Math.random() * live.length)] ?? flows.read;
        return pagePath(id, Math.max(0, nextSecond - 30), 30);
      };
      const readers = readingPlan('live: 20 readers, pages of 30', lastPage, LIVE_READERS, seconds);
      const requests = await registrationsOf(store, live, live.length * Math.ceil(seconds), 1);
      const pace = { kind: 'paced', seconds, perSecond: live.length } as const;
      return [
        { label: 'live: 50 writers, 1 segment/s each', requests, status: 201, connections: LIVE_WRITERS, pace },
        readers,
      ];
    },
  };
}

/** What a busy Flow costs those who read another: the same reads, with nobody else and beside sixty writers of one Flow. */
function crowdCases(store: BenchStore, { read, crowded }: BenchFlows): BenchCase[] {
  const anyPage = (): string => pagePath(read.id, Math.floor(Math.random() * (READ_SEGMENTS - 30)), 30);
  const reads = (label: string, seconds: number): LoadPlan => ({
    ...readingPlan(label, anyPage, READERS, seconds),
    pace: { kind: 'paced', seconds, perSecond: READS_ELSEWHERE_A_SECOND },
  });
  return [
    { name: READS_ALONE, round: ({ seconds }) => Promise.resolve([reads(READS_ALONE, seconds)]) },
    {
      name: READS_IN_CROWD,
      round: async ({ seconds }) => [
        {
          label: `${CROWD} writers of one flow`,
          requests: await registrationsOf(store, crowded, CROWD_SEGMENTS_A_SECOND * Math.ceil(seconds), 1),
          status: 201,
          connections: CROWD,
          pace: { kind: 'paced', seconds, perSecond: CROWD_SEGMENTS_A_SECOND },
        },
        reads(READS_IN_CROWD, seconds),
      ],
    },
  ];
}

/** Registrations of allocated objects, one Flow after the other, each at the end of its Flow. */
export async function registrationsOf(
  store: BenchStore,
  flows: readonly BenchFlow[],
  count: number,
  segments: number,
): Promise<LoadRequest[]> {
  const requests: LoadRequest[][] = [];
  for (const [index, flow] of flows.entries()) {
    const share = Math.floor(count / flows.length) + (index < count % flows.length ? 1 : 0);
    const ids = await store.allocate(flow.id, share * segments);
    requests.push(
      Array.from({ length: share }, (_, place) => {
        const posted = segmentsAt(flow, ids.slice(place * segments, (place + 1) * segments));
        const body = JSON.stringify(segments === 1 ? posted[0] : posted);
        return { method: 'POST', path: `/flows/${flow.id}/segments`, body };
      }),
    );
  }
  const rounds = Math.max(...requests.map((own) => own.length));
  return Array.from({ length: rounds }, (_, place) => requests.flatMap((own) => own[place] ?? [])).flat();
}
