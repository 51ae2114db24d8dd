import type { Connection } from '@tams/platform';
import { Client } from 'pg';
import { CoverageRepository } from '../../libs/console/src/flow-coverage/coverage.repository';
import { FlowOverviewRepository } from '../../libs/console/src/library/flow-overview.repository';
import { flowOverviewQuery, sourceOverviewQuery } from '../../libs/console/src/library/library.schema';
import { SourceOverviewRepository } from '../../libs/console/src/library/source-overview.repository';
import { ObjectInspectionRepository } from '../../libs/console/src/objects/object-inspection.repository';
import { StorageOverviewRepository } from '../../libs/console/src/storage/storage-overview.repository';
import { fillStore } from '../bench/fill-store';
import { plansOf, scannedTables } from '../support/query-plans';
import { createTestDatabase } from '../support/test-database';

/** Plans of the console's queries on a store large enough that reading whole tables would not pay. */

const STORAGE = '11111111-1111-4111-8111-111111111111';
const growing = new Set(['segments', 'objects', 'object_instances', 'flows', 'flow_tags', 'sources']);

let database: Client;
let flowId: string;
let objectId: string;

beforeAll(async () => {
  database = new Client({ connectionString: await createTestDatabase() });
  await database.connect();
  flowId = await fillStore(database, { storageId: STORAGE, segments: 50_000, flows: 10_000, newsFlows: 100 });
  const { rows } = await database.query<{ object_id: string }>('SELECT object_id FROM segments LIMIT 1');
  objectId = rows[0]!.object_id;
}, 120_000);
afterAll(() => database.end());

const flows = new FlowOverviewRepository();
const sources = new SourceOverviewRepository();
const coverage = new CoverageRepository();
const storage = new StorageOverviewRepository();
const everything = { readable: undefined, withRate: true };
const listFlows = (query: object) => (connection: Connection) =>
  flows.list(connection, flowOverviewQuery.parse({ limit: '50', ...query }), everything);
const listSources = (query: object) => (connection: Connection) =>
  sources.list(connection, sourceOverviewQuery.parse({ limit: '50', ...query }), undefined);
const window = { start: 1_000_000_000_000n, end: 2_000_000_000_000n };

const listings: readonly [name: string, ask: (connection: Connection) => Promise<unknown>, indexes: string[]][] = [
  ['the newest Flows', listFlows({}), ['flows_created', 'segments_pkey', 'object_instances_object']],
  ['Flows by label', listFlows({ sort_by: 'label' }), ['flows_label']],
  ['Flows by their last registration', listFlows({ sort_by: 'last_added' }), ['flows_added']],
  ['live Flows', listFlows({ activity: 'live' }), ['flows_added']],
  ['stalled Flows', listFlows({ activity: 'stalled' }), ['flows_ingesting']],
  ['Flows by a rare text', listFlows({ search: 'camera 7312' }), ['flows_searched']],
  ['Flows by a text most have', listFlows({ search: 'camera' }), ['flows_created']],
  [
    'Flows of some classes',
    (connection) => flows.list(connection, flowOverviewQuery.parse({}), { readable: ['news'], withRate: false }),
    ['flows_created'],
  ],
  ['the newest Sources', listSources({}), ['sources_created', 'flows_source']],
  ['Sources by a rare text', listSources({ search: 'camera 7312' }), ['sources_searched']],
];

it.each(listings)('%s are found by index with the values they are asked for', async (_name, ask, indexes) => {
  const [nodes] = await plansOf(database, ask);
  expect(scannedTables(nodes!).filter((table) => growing.has(table))).toEqual([]);
  expect(nodes!.map((node) => node['Index Name'])).toEqual(expect.arrayContaining(indexes));
});

const questions: readonly [name: string, ask: (connection: Connection) => Promise<unknown>, indexes: string[]][] = [
  ['one Flow', (connection) => flows.find(connection, flowId, everything), ['flows_pkey', 'segments_pkey']],
  ['what covers a window', (connection) => coverage.islands(connection, flowId, window, 2000), ['segments_pkey']],
  ['probes of a window', (connection) => coverage.holesAt(connection, flowId, [1n, 2n, 3n]), ['segments_pkey']],
  [
    'Flows that use an object',
    (connection) =>
      new ObjectInspectionRepository().usingFlows(connection, { id: objectId, role: 'media' }, undefined, 101),
    ['segments_object', 'flows_pkey'],
  ],
  [
    'Flows that use an initialisation object',
    (connection) =>
      new ObjectInspectionRepository().usingFlows(connection, { id: objectId, role: 'init' }, undefined, 101),
    ['objects_init_object', 'segments_object', 'flows_pkey'],
  ],
  ['copies in progress', (connection) => storage.moving(connection, undefined, 101), ['object_instances_unfinished']],
];

it.each(questions)('%s: found by index, whatever the values', async (_name, ask, indexes) => {
  for (const nodes of await plansOf(database, ask)) {
    expect(scannedTables(nodes).filter((table) => growing.has(table))).toEqual([]);
    expect(nodes.map((node) => node['Index Name'])).toEqual(expect.arrayContaining(indexes));
  }
});
