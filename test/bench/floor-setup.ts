import { FlowRepository } from '@tams/flows';
import type { Connection } from '@tams/platform';
import { TimeRange } from '@tams/timing';
import { SegmentRepository } from '../../libs/segments/src/segment.repository';
import { insertAllocatedObjects } from '../../libs/objects/src/allocation/allocation.repository';
import { ObjectRepository } from '../../libs/objects/src/object.repository';
import { LivePlaylistRepository } from '../../libs/playback/src/live/live-playlist.repository';
import { PlaybackRepository } from '../../libs/playback/src/media/playback.repository';
import { PresentationRepository } from '../../libs/playback/src/presentation/presentation.repository';

/** The SQL of the floor: what the server itself sends, so that both ask the same of PostgreSQL. */
export interface Statements {
  /** Parameters: Flow id, start and end in nanoseconds, number of rows. */
  readonly page: string;
  /** The same without where the objects are. */
  readonly pageWithoutUrls: string;
  /** Flow id. */
  readonly flow: string;
  /** Tag name, its value. */
  readonly flowList: string;
  /** Flow id. */
  readonly lockFlow: string;
  /** Flow id, starts, ends. */
  readonly overlapping: string;
  /** Object ids. */
  readonly lockObjects: string;
  /** Flow id, object id, timerange, start, end, key frame count, initialisation object. */
  readonly registerOne: string;
  /** Flow id, start, end, object id, timerange, and four optional properties; at last the nanoseconds added. */
  readonly insertOne: string;
  /** Flow id, then lists: object ids, timeranges, starts, ends, key frame counts, initialisation objects. */
  readonly registerMedia: string;
  /** Flow id, then lists: starts, ends, object ids, timeranges, and four optional properties; at last the nanoseconds added. */
  readonly insertSegments: string;
  /** Object ids, Flow id, content type, storage id. */
  readonly allocate: string;
  /** Flow id. */
  readonly playedFlow: string;
  /** Flow id, start and end in nanoseconds, number of rows. */
  readonly playedSegments: string;
  /** Flow id. */
  readonly liveState: string;
  /** Flow id, and after what in nanoseconds. */
  readonly liveEntries: string;
}

/** What the floor is told before it starts. */
export interface FloorSetup {
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly statements: Statements;
  /** What the URLs in its answers begin with: the server's own origin, so that the bytes are the same. */
  readonly origin: string;
  readonly storageId: string;
  readonly storageLabel: string;
  /** Headers of the server's answers, by kind of answer, sent as they are. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const FLOW = '11111111-1111-4111-8111-111111111111';
const OBJECT = 'object';
/** Tag the benchmark filters Flows by. */
export const LIST_TAG = { name: 'genre', value: 'news' };
export const LIST_LIMIT = 100;

/** Notes the SQL the server's own repositories send for the requests of the benchmark. */
export async function recordStatements(): Promise<Statements> {
  const segments = new SegmentRepository();
  const flows = new FlowRepository();
  const objects = new ObjectRepository();
  const [presentation, playback, live] = [
    new PresentationRepository(),
    new PlaybackRepository(),
    new LivePlaylistRepository(),
  ];
  const page = (withInstances: boolean) => (connection: Connection) =>
    segments.list(connection, FLOW, {
      timerange: TimeRange.parse('[1:0_2:0)'),
      objectId: undefined,
      reverse: false,
      after: undefined,
      count: 31,
      withInstances,
    });
  const pageValues = [FLOW, '1000000000', '2000000000', 31];
  const place = { timerange: '[0:1_0:2)', start: 1n, end: 2n };
  const segment = {
    ...place,
    objectId: OBJECT,
    tsOffset: undefined,
    lastDuration: undefined,
    sampleOffset: undefined,
    sampleCount: undefined,
  };
  const media = { ...place, id: OBJECT, keyFrameCount: undefined, initObjectId: undefined };
  return {
    page: await record(page(true), pageValues),
    pageWithoutUrls: await record(page(false), pageValues),
    flow: await record((connection) => flows.find(connection, FLOW), [FLOW]),
    flowList: await record(
      (connection) =>
        flows.list(connection, {
          limit: LIST_LIMIT,
          page: undefined,
          sort_by: 'created',
          reverse_order: false,
          tags: { values: [{ name: LIST_TAG.name, values: [LIST_TAG.value] }], exists: [] },
        }),
      [LIST_TAG.name, LIST_TAG.value],
    ),
    lockFlow: await record((connection) => flows.lock(connection, FLOW), [FLOW]),
    overlapping: await record((connection) => segments.overlapping(connection, FLOW, [segment]), [FLOW, ['1'], ['2']]),
    lockObjects: await record((connection) => objects.lock(connection, [OBJECT]), [[OBJECT]]),
    registerOne: await record(
      (connection) => objects.registerMedia(connection, FLOW, [media]),
      [FLOW, OBJECT, media.timerange, '1', '2', null, null],
    ),
    insertOne: await record(
      (connection) => segments.insert(connection, FLOW, [segment]),
      [FLOW, '1', '2', OBJECT, segment.timerange, null, null, null, null, '1'],
    ),
    registerMedia: await record(
      (connection) => objects.registerMedia(connection, FLOW, [media, media]),
      [FLOW, [OBJECT, OBJECT], [media.timerange, media.timerange], ['1', '1'], ['2', '2'], [null, null], [null, null]],
    ),
    insertSegments: await record(
      (connection) => segments.insert(connection, FLOW, [segment, segment]),
      [
        FLOW,
        ['1', '1'],
        ['2', '2'],
        [OBJECT, OBJECT],
        [segment.timerange, segment.timerange],
        ...Array.from({ length: 4 }, () => [null, null]),
        '2',
      ],
    ),
    allocate: await record(
      (connection) =>
        insertAllocatedObjects(connection, { objectIds: [OBJECT], flowId: FLOW, contentType: 'a/b', storageId: FLOW }),
      [[OBJECT], FLOW, 'a/b', FLOW],
    ),
    playedFlow: await record((connection) => presentation.flow(connection, FLOW), [FLOW]),
    playedSegments: await record(
      (connection) => playback.segments(connection, FLOW, { start: 1n, end: 2n }, 3),
      [FLOW, '1', '2', 3],
    ),
    liveState: await record((connection) => live.state(connection, FLOW), [FLOW]),
    liveEntries: await record((connection) => live.entries(connection, FLOW, 1n), [FLOW, '1']),
  };
}

/** @param expected the values in the order the floor gives them; another order would make it ask something else */
async function record(call: (connection: Connection) => Promise<unknown>, expected: unknown[]): Promise<string> {
  const seen: { text: string; values: readonly unknown[] }[] = [];
  await call({
    query: (text, values = []) => {
      seen.push({ text, values });
      return Promise.resolve([]);
    },
  });
  const [statement] = seen;
  if (!statement || seen.length > 1 || JSON.stringify(statement.values) !== JSON.stringify(expected)) {
    throw new Error(`The server's SQL changed; make the floor send the same: ${JSON.stringify(seen)}`);
  }
  return statement.text;
}
