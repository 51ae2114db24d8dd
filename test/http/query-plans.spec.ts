import { ClassAccess, type Principal, withPrincipal } from '@tams/auth';
import { FlowRepository } from '@tams/flows';
import { ObjectAccess } from '@tams/objects';
import type { Connection } from '@tams/platform';
import { TimeRange } from '@tams/timing';
import { Client } from 'pg';
import { SegmentRepository, type SegmentSelection } from '../../libs/segments/src/segment.repository';
import { ObjectRepository } from '../../libs/objects/src/object.repository';
import { fillStore } from '../bench/fill-store';
import { explain, plansOf, scannedTables } from '../support/query-plans';
import { createTestDatabase } from '../support/test-database';

/** Plans of the hot queries on a store large enough that reading whole tables would not pay. */

const SEGMENTS = 50_000;
const FLOWS = 10_000;
const STORAGE = '11111111-1111-4111-8111-111111111111';

/** Tables that grow with the store; the others are small or empty here. */
const growing = new Set(['segments', 'objects', 'object_instances', 'flows', 'flow_tags']);

let database: Client;
let flowId: string;
let objectId: string;

beforeAll(async () => {
  database = new Client({ connectionString: await createTestDatabase() });
  await database.connect();
  flowId = await fillStore(database, { storageId: STORAGE, segments: SEGMENTS, flows: FLOWS, newsFlows: 100 });
  // 100 Flows of the class `news`, the others of `sport`.
  await database.query(
    `INSERT INTO flow_tags (flow_id, name, value) SELECT flow_id, 'auth_classes', value FROM flow_tags WHERE name = 'genre'`,
  );
  await database.query('ANALYZE flow_tags');
  const { rows } = await database.query<{ object_id: string }>('SELECT object_id FROM segments LIMIT 1');
  objectId = rows[0]!.object_id;
}, 120_000);

afterAll(() => database.end());

const at = (timerange: string): Partial<SegmentSelection> => ({ timerange: TimeRange.parse(timerange) });
const page =
  (selection: Partial<SegmentSelection>) =>
  (connection: Connection): Promise<unknown> =>
    new SegmentRepository().list(connection, flowId, {
      timerange: undefined,
      objectId: undefined,
      reverse: false,
      after: undefined,
      count: 31,
      withInstances: true,
      ...selection,
    });
const flows = new FlowRepository();
const objects = new ObjectRepository();
const newsReader: Principal = {
  id: 'x',
  name: 'x',
  scopes: new Set(['read']),
  groups: ['news'],
  isAdmin: false,
  method: 'bearer',
};
const access = new ObjectAccess(new ClassAccess({ enabled: true, map: [] }));
const stretch = { start: 25_000_000_000_000n, end: 25_001_000_000_000n };

const questions: readonly [name: string, ask: (connection: Connection) => Promise<unknown>, indexes: string[]][] = [
  ['a page by timerange', page(at('[25000:0_25030:0)')), ['segments_pkey', 'objects_pkey', 'object_instances_object']],
  ['the first page', page({}), ['segments_pkey', 'objects_pkey']],
  ['the next page', page({ after: '25000000000000' }), ['segments_pkey', 'objects_pkey']],
  ['the last minute', page({ ...at('[49940:0_'), reverse: true }), ['segments_pkey', 'objects_pkey']],
  ['the segments of an object', (connection) => page({ objectId })(connection), ['segments_object']],
  ['neighbours', (connection) => new SegmentRepository().overlapping(connection, flowId, [stretch]), ['segments_pkey']],
  ['a Flow', (connection) => flows.find(connection, flowId), ['flows_pkey']],
  [
    'a Flow with the collections of some classes',
    (connection) => flows.find(connection, flowId, ['news']),
    ['flows_pkey'],
  ],
  ['the lock of a Flow', (connection) => flows.lock(connection, flowId), ['flows_pkey']],
  [
    'the timerange of a Flow',
    (connection) => flows.timerange(connection, flowId, TimeRange.ETERNITY),
    ['segments_pkey'],
  ],
  ['an object', (connection) => objects.find(connection, objectId), ['objects_pkey', 'object_instances_object']],
  [
    'whether an object may be used',
    (connection) => withPrincipal(newsReader, () => access.usable(connection, [objectId], flowId)),
    ['objects_pkey', 'segments_object', 'flow_tags_flow'],
  ],
  ['the lock of objects', (connection) => objects.lock(connection, [objectId]), ['objects_pkey']],
];

it.each(questions)('%s is found by index, whatever the values', async (_name, ask, indexes) => {
  const plans = await plansOf(database, ask);
  expect(plans.length).toBeGreaterThan(0);
  for (const nodes of plans) {
    expect(scannedTables(nodes).filter((table) => growing.has(table))).toEqual([]);
    expect(nodes.map((node) => node['Index Name'])).toEqual(expect.arrayContaining(indexes));
  }
});

it('a page looks for the instances of no object whose row says where it is', async () => {
  const visits: number[] = [];
  const ask = page(at('[25000:0_25030:0)'));
  await ask({
    query: async (text, values = []) => {
      const nodes = await explain(database, ['ANALYZE'], text, values);
      const looks = nodes.filter((node) => node['Relation Name'] === 'object_instances');
      visits.push(...looks.map((node) => node['Actual Loops'] ?? -1));
      return [];
    },
  });
  // Once for objects, once for initialisation objects.
  expect(visits).toEqual([0, 0]);
});

const list =
  (query: Partial<Parameters<FlowRepository['list']>[1]>, readable?: readonly string[]) => (connection: Connection) =>
    flows.list(
      connection,
      {
        limit: 100,
        page: undefined,
        sort_by: 'created',
        reverse_order: false,
        tags: { values: [], exists: [] },
        ...query,
      },
      readable,
    );

/** What somebody may read who reads these classes. */
const within = (...classes: string[]) =>
  list({ tags: { values: [{ name: 'auth_classes', values: classes }], exists: [] } }, classes);

const thousand = Array.from({ length: 1000 }, (_, index) => `class ${index}`);

const listings: readonly [name: string, ask: (connection: Connection) => Promise<unknown>, index: string][] = [
  ['the newest', list({}), 'flows_created'],
  ['those changed last', list({ sort_by: 'metadata_updated' }), 'flows_metadata_updated'],
  ['by label', list({ sort_by: 'label' }), 'flows_label'],
  [
    'those with a rare tag',
    list({ tags: { values: [{ name: 'genre', values: ['news'] }], exists: [] } }),
    'flow_tags_value',
  ],
  ['those of a class most have', within('sport'), 'flows_created'],
  ['those of a class few have', within('news'), 'flow_tags_value'],
  ['those of a thousand classes few have', within('news', ...thousand), 'flow_tags_value'],
  ['those of two classes', within('news', 'sport'), 'flows_created'],
  ['those of one Source', list({ source_id: STORAGE }), 'flows_source'],
];

it.each(listings)(
  'a page of Flows, %s, is found by index with the values it is asked for',
  async (_name, ask, index) => {
    const [nodes] = await plansOf(database, ask);
    expect(scannedTables(nodes!).filter((table) => growing.has(table))).toEqual([]);
    expect(nodes!.map((node) => node['Index Name'])).toContain(index);
  },
);
