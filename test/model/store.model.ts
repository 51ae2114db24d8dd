import fc from 'fast-check';
import { Pool } from 'pg';
import { startTestServer, type TestServer } from '../support/test-server';
import { settings } from './run-settings';
import { auditAll, readingSteps } from './store/audit';
import { flowIds, objectIds, usualFlow } from './store/arbitraries';
import { flowSteps } from './store/flow-steps';
import { listingSteps } from './store/listing-steps';
import { segmentSteps } from './store/segment-steps';
import type { Step } from './store/step';
import { StoreModel } from './store/store-model';

/** Most commands of one sequence. */
const LONGEST_SEQUENCE = 80;

let tams: TestServer;
let database: Pool;
let labels: Set<string>;

beforeAll(async () => {
  tams = await startTestServer();
  database = new Pool({ connectionString: tams.databaseUrl, max: 1 });
  const backends = await tams.client.get<{ label?: string }[]>('/service/storage-backends');
  labels = new Set(backends.body.flatMap(({ label }) => label ?? []));
});
afterAll(async () => {
  await database.end();
  await tams.stop();
});

/** Something to begin with, so that short sequences also meet what is there: four Flows, objects for two, a few segments. */
async function begin(model: StoreModel): Promise<void> {
  for (const index of [0, 1, 2, 3]) {
    const flow = usualFlow(index);
    model.putFlow(flow);
    expect((await tams.client.put(`/flows/${flow.id}`, flow)).status).toBe(201);
  }
  const [first = '', second = ''] = flowIds;
  for (const [flow, objects] of [
    [first, objectIds.slice(0, 4)],
    [second, objectIds.slice(4, 6)],
  ] as const) {
    model.allocate(flow, objects);
    expect((await tams.client.post(`/flows/${flow}/storage`, { object_ids: objects })).status).toBe(201);
  }
  const segments = [0, 2].map((at, index) => ({
    object_id: objectIds[index]!,
    timerange: `[${at}:0_${at + 1}:0)`,
    ts_offset: `${at}:0`,
    object_timerange: '[0:0_3:0)',
  }));
  model.register(first, segments, false);
  expect((await tams.client.post(`/flows/${first}/segments`, segments)).status).toBe(201);
}

it('the store does what a model of the specification does', async () => {
  const steps: fc.Arbitrary<Step>[] = [...flowSteps, ...segmentSteps, ...listingSteps, ...readingSteps];
  const sequences = fc.commands(steps, { maxCommands: LONGEST_SEQUENCE, size: 'max' });
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      await database.query('TRUNCATE sources, flows, objects, segments CASCADE');
      const model = new StoreModel(labels);
      await begin(model);
      await fc.asyncModelRun(() => ({ model, real: { client: tams.client } }), sequence);
      await auditAll(model, tams.client);
      commands += [...sequence].length;
    }),
    settings(40),
  );
  console.log(`${commands} commands held`);
});
