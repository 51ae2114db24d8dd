import fc from 'fast-check';
import type { TamsClient } from '../../contract/tams-client';
import { flowId, flowIds, maybe, sourceIds, timerange } from './arbitraries';
import { expectSegments } from './segment-steps';
import { sameSpan, spanOf } from './span';
import { allPages, Step } from './step';
import type { CollectionItem, StoreModel, Tags } from './store-model';

interface ReadFlow {
  readonly id: string;
  readonly metadata_version: string;
  readonly timerange?: string;
  readonly tags?: Tags;
  readonly flow_collection?: readonly CollectionItem[];
  readonly collected_by?: readonly string[];
  readonly [property: string]: unknown;
}

interface ReadSource {
  readonly id: string;
  readonly format: string;
  readonly label?: string;
  readonly description?: string;
  readonly tags?: Tags;
  readonly source_collection?: readonly CollectionItem[];
  readonly collected_by?: readonly string[];
}

/** Metadata that is the Flow's own. */
const own = [
  'id',
  'source_id',
  'format',
  'codec',
  'container',
  'essence_parameters',
  'label',
  'description',
  'max_bit_rate',
];

/** Compares one Flow with the model. */
async function auditFlow(model: StoreModel, client: TamsClient, id: string, within?: string): Promise<void> {
  const flow = model.flows.get(id);
  const query = { include_timerange: true, timerange: within };
  const { status, body: read } = await client.get<ReadFlow>(`/flows/${id}`, { query });
  expect(status).toBe(flow ? 200 : 404);
  if (!flow) return;
  const metadata = Object.fromEntries(own.flatMap((name) => (name in read ? [[name, read[name]]] : [])));
  const wanted = flow.body as unknown as Record<string, unknown>;
  expect(metadata).toEqual(
    Object.fromEntries(own.flatMap((name) => (wanted[name] === undefined ? [] : [[name, wanted[name]]]))),
  );
  expect({
    tags: read.tags ?? {},
    readOnly: read['read_only'] ?? false,
    collection: read.flow_collection ?? [],
    collectedBy: [...(read.collected_by ?? [])].sort(),
  }).toEqual({
    tags: flow.body.tags ?? {},
    readOnly: flow.body.read_only ?? false,
    collection: flow.body.flow_collection ?? [],
    collectedBy: model.collectedBy(id).sort(),
  });
  if (!sameSpan(spanOf(read.timerange ?? '?'), model.timerangeOf(id, within)))
    throw new Error(`timerange is ${read.timerange ?? 'missing'}`);
  const { metadata_version: version } = read;
  const said = {
    ...metadata,
    tags: read.tags ?? {},
    collection: read.flow_collection ?? [],
    readOnly: read['read_only'] ?? false,
  };
  const before = model.versions.get(`${id} ${version}`);
  // The same version stands for the same metadata (schemas/flow-common.json).
  if (before !== undefined) expect(said).toEqual(before);
  model.versions.set(`${id} ${version}`, said);
}

async function auditSource(model: StoreModel, client: TamsClient, id: string): Promise<void> {
  const source = model.sources.get(id);
  const { status, body: read } = await client.get<ReadSource>(`/sources/${id}`);
  expect(status).toBe(source ? 200 : 404);
  if (!source) return;
  const ids = (items: readonly { readonly id: string }[] = []): string[] => items.map((item) => item.id).sort();
  expect({
    ...{ format: read.format, label: read.label, description: read.description, tags: read.tags ?? {} },
    collection: ids(read.source_collection),
    collectedBy: [...(read.collected_by ?? [])].sort(),
  }).toEqual({
    ...{ format: source.format, label: source.label, description: source.description, tags: source.tags },
    collection: [...model.sourcesCollectedBy(id)].sort(),
    collectedBy: [...model.sourcesCollecting(id)].sort(),
  });
}

/** Compares the whole store with the model. */
export async function auditAll(model: StoreModel, client: TamsClient): Promise<void> {
  for (const id of flowIds) {
    await auditFlow(model, client, id);
    const query = { include_object_timerange: true, limit: 3 };
    expectSegments(model, await allPages(client, `/flows/${id}/segments`, query), model.segmentsIn(id, undefined));
  }
  for (const id of sourceIds) await auditSource(model, client, id);
}

const readFlow = fc
  .tuple(flowId, maybe(timerange))
  .map(
    ([id, within]) =>
      new Step(`GET flow ${id} within ${within ?? 'all'}`, (model, client) => auditFlow(model, client, id, within)),
  );

const readAll = fc.constant(new Step('audit', auditAll));

/** Commands that read single things. */
export const readingSteps: readonly fc.Arbitrary<Step>[] = [readFlow, readFlow, readAll];
