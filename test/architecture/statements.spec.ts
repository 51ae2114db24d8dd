import { ClassAccess, type Principal, withPrincipal } from '@tams/auth';
import { ObjectAccess, ObjectRepository, ReconciliationRepository } from '@tams/objects';
import type { Connection } from '@tams/platform';
import { CollectionRepository } from '../../libs/objects/src/collection/collection.repository';
import { ObjectInstanceRepository } from '../../libs/objects/src/instances/instance.repository';
import { findAllocatedObject, recordBytes } from '../../libs/objects/src/media/allocated-object.repository';
import { brokenRules, exceptions, refusedStatements, type StatementRule } from '../support/statement-rules';

/** Statements that were in use, or might have been, and what an engine said of them. */
const refused: readonly [rule: StatementRule, statement: string][] = [
  ['volatile-update', `UPDATE flows SET metadata_updated = clock_timestamp() WHERE id = $1`],
  [
    'volatile-update',
    `UPDATE flows SET metadata_version = gen_random_uuid()::text WHERE id IN (SELECT collection_id FROM flow_collection_items)`,
  ],
  [
    'conflict-function',
    `INSERT INTO object_instances (object_id, storage_id) VALUES ($1, $2) ON CONFLICT (object_id, storage_id)
      WHERE storage_id IS NOT NULL DO UPDATE SET state_since = now(), size_bytes = NULL`,
  ],
  [
    'conflict-parameter',
    `INSERT INTO objects AS o (id) SELECT id FROM unnest($2::text[]) AS n (id) ON CONFLICT (id)
      DO UPDATE SET role = excluded.role WHERE o.role IS NULL AND o.allocated_for_flow = $1 RETURNING o.id`,
  ],
  [
    'moment-in-case',
    `UPDATE object_instances SET state_since = CASE WHEN state = 'ready' THEN state_since ELSE now() END WHERE object_id = $1`,
  ],
  ['no-distribution-column', `UPDATE object_instances SET state = 'missing' WHERE id = $1`],
  ['no-distribution-column', `SELECT count(*) FROM segments s WHERE s.end_ns > $1`],
  [
    'no-distribution-column',
    `DELETE FROM segments s USING (SELECT flow_id, end_ns FROM segments x WHERE x.end_ns < $1) doomed
      WHERE s.end_ns = doomed.end_ns`,
  ],
  ['locks-several', `SELECT id FROM objects WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE`],
  ['joins-apart', `SELECT s.end_ns FROM segments s JOIN objects o ON o.id = s.object_id WHERE s.flow_id = $1`],
  [
    'joins-apart',
    `UPDATE flows f SET first_start_ns = (SELECT s.start_ns FROM segments s WHERE s.flow_id = f.id LIMIT 1) WHERE f.id = $1`,
  ],
  ['joins-apart', `SELECT o.id FROM objects o, object_instances i WHERE o.id = $1 AND i.object_id = $2`],
  [
    'recursive',
    `WITH RECURSIVE ids AS (SELECT storage_id FROM object_instances WHERE object_id = $1) SELECT * FROM ids`,
  ],
];

it.each(refused)('%s: %s', (rule, statement) => {
  expect(brokenRules(statement)).toContain(rule);
});

const taken = [
  `UPDATE flows SET metadata_updated = statement_timestamp() WHERE id = $1`,
  `SELECT 1 FROM objects WHERE id = $1 FOR NO KEY UPDATE`,
  `SELECT end_ns FROM segments WHERE flow_id = $1 ORDER BY end_ns LIMIT 1`,
  `SELECT o.id, i.size_bytes FROM objects o JOIN object_instances i ON i.object_id = o.id WHERE o.id = $1`,
  `INSERT INTO segments (flow_id, end_ns) VALUES ($1, $2)`,
  `UPDATE webhook_queues SET held_until = clock_timestamp() WHERE webhook_id = $1`,
  `DELETE FROM segments s USING (SELECT flow_id, end_ns FROM segments s WHERE s.flow_id = $1 LIMIT 9) doomed
    WHERE s.flow_id = $1 AND s.flow_id = doomed.flow_id AND s.end_ns = doomed.end_ns`,
];

it.each(taken)('nothing is wrong with: %s', (statement) => {
  expect(brokenRules(statement)).toEqual([]);
});

/** What the repositories of objects ask, in processes of their own too: comparing, collecting and measuring. */
describe('the repositories of objects', () => {
  const asked: string[] = [];
  const connection: Connection = {
    query: (text) => {
      asked.push(text);
      return Promise.resolve([]);
    },
  };
  const [id, storageId] = ['object', '11111111-1111-4111-8111-111111111111'];
  const key = { objectId: id, storageId };
  const [objects, instances, collection, index] = [
    new ObjectRepository(),
    new ObjectInstanceRepository(),
    new CollectionRepository(),
    new ReconciliationRepository(),
  ];
  const noTags = { flowTags: { values: [], exists: [] }, after: undefined, count: 1 };
  const reader: Principal = { id, name: id, scopes: new Set(['read']), groups: [id], isAdmin: false, method: 'bearer' };
  const calls: readonly (() => unknown)[] = [
    () => objects.lock(connection, [id]),
    () => objects.instances(connection, [id]),
    () => objects.uncontrolledInstances(connection, [id]),
    () => objects.registerInit(connection, storageId, [id]),
    () => objects.addUncontrolledInstances(connection, [{ objectId: id, label: id, url: id }]),
    () => objects.retain(connection, [id]),
    () => objects.find(connection, id),
    () => objects.referencingFlows(connection, { id, role: 'media' }, noTags),
    () => objects.referencingFlows(connection, { id, role: 'init' }, noTags),
    () => instances.find(connection, id, true),
    () => instances.addUncontrolled(connection, id, id, id),
    () => instances.beginCopy(connection, key, { readable: undefined, asker: null }),
    () => instances.copiesOf(connection, id),
    () => instances.finishCopy(connection, key, { sizeBytes: 1 }),
    () => instances.beginDeletion(connection, key),
    () => instances.remove(connection, id, '1'),
    () => instances.unfinished(connection, 1, 1),
    () => instances.recordSize(connection, { id: '1', object_id: id }, { sizeBytes: 1 }),
    () => instances.recordSizes(connection, [{ id: '1', objectId: id, sizeBytes: 1 }]),
    () => instances.unmeasured(connection, [storageId], 1),
    () => instances.postponeMeasuring(connection, [{ id: '1', object_id: id }], 1),
    () => collection.lock(connection, [id]),
    () => collection.markUnreferencedMedia(connection, [id]),
    () => collection.markUnreferencedInits(connection, [id]),
    () => collection.lockDue(connection, { unregistered: 1, unreferenced: 1 }, 1),
    () => collection.claim(connection, [id]),
    () => collection.lockClaimed(connection, [], 1),
    () => collection.postpone(connection, [id]),
    () => collection.remove(connection, [id]),
    () => index.entries(connection, storageId, 1, 1).next(),
    () => index.find(connection, storageId, [id], 1),
    () => index.occupy(connection, id).catch(() => undefined),
    () => index.vacate(connection, id),
    () => index.markMissing(connection, { object_id: id, id: '1' }),
    () => index.markFound(connection, { object_id: id, id: '1' }, 1),
    () => index.hasOtherInstances(connection, id, '1'),
    () => index.count(connection, storageId),
    () => index.storageIds(connection),
    () => findAllocatedObject(connection, id, storageId, true),
    () => recordBytes(connection, id, storageId, { sizeBytes: 1, sha256: id }),
    () =>
      withPrincipal(reader, () =>
        new ObjectAccess(new ClassAccess({ enabled: true, map: [] })).usable(connection, [id], storageId),
      ),
  ];

  it('ask nothing that is refused without being listed', async () => {
    for (const call of calls) await call();
    expect(asked.length).toBeGreaterThanOrEqual(calls.length);
    expect(refusedStatements(asked)).toEqual([]);
  });
});

it('every exception says which layouts refuse it, and why', () => {
  for (const { layouts, reason } of exceptions) {
    expect(layouts.filter((layout) => !['objects', 'reference'].includes(layout))).toEqual([]);
    expect(reason).toMatch(/\.$/);
  }
  expect(new Set(exceptions.map(({ name }) => name)).size).toBe(exceptions.length);
});
