import { api, body } from '../../api/client';
import type { FlowOverview } from '../../api/models';
import type { Stretch } from '../timeline/window';
import { laneFlowsOf } from '../use-flow';
import { type CutSegment, type FlowDocument, flowLike, segmentsOfCut } from './cut-plan';
import { segmentsWithin } from './segments';

/** Most Segments a cut may have: they go to the server in one request for each Flow. */
const MOST_SEGMENTS = 10_000;

/**
 * Saves a cut as a Flow of its own, by reference: no byte is copied. A Flow that collects others becomes a Flow that
 * collects cuts of them.
 * @returns the id of the new Flow
 */
export async function saveCut(flow: FlowOverview, cut: Stretch, label: string): Promise<string> {
  const lanes = laneFlowsOf(flow);
  const isCollection = lanes.some(({ id }) => id !== flow.id);
  if (!isCollection) return saveOne(flow.id, cut, label);
  const collected: { id: string; role: string }[] = [];
  for (const lane of lanes.filter(({ id }) => id !== flow.id)) {
    const role = flow.members?.find(({ id }) => id === lane.id)?.role ?? lane.label;
    collected.push({ id: await saveOne(lane.id, cut, `${label}: ${role}`), role });
  }
  return saveCollection(flow, label, collected);
}

async function saveOne(originalId: string, cut: Stretch, label: string): Promise<string> {
  const read: CutSegment[] = [];
  for await (const segment of segmentsWithin(originalId, cut, false)) {
    if (read.length === MOST_SEGMENTS)
      throw new Error(`A cut may have ${MOST_SEGMENTS} Segments of each Flow; this one has more. Cut less.`);
    read.push(segment);
  }
  const segments = segmentsOfCut(read, cut);
  if (segments.length === 0) throw new Error(`There is nothing between the marks in “${label}”.`);
  const id = await create(originalId, label);
  const { data } = await api.POST('/flows/{flowId}/segments', {
    params: { path: { flowId: id } },
    body: segments as never,
  });
  const failed = (data as { failed_segments?: { error: { summary: string } }[] } | undefined)?.failed_segments ?? [];
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${segments.length} Segments were refused: ${failed[0]?.error.summary ?? ''}`);
  return id;
}

async function original(flowId: string): Promise<FlowDocument> {
  return await body(api.GET('/flows/{flowId}', { params: { path: { flowId } } }));
}

async function create(originalId: string, label: string): Promise<string> {
  const own = {
    id: crypto.randomUUID(),
    source_id: crypto.randomUUID(),
    label,
    description: `Cut from Flow ${originalId}`,
  };
  return put(flowLike(await original(originalId), own));
}

async function put(flow: FlowDocument): Promise<string> {
  await api.PUT('/flows/{flowId}', { params: { path: { flowId: flow.id } }, body: flow as never });
  return flow.id;
}

async function saveCollection(
  flow: FlowOverview,
  label: string,
  collected: readonly { readonly id: string; readonly role: string }[],
): Promise<string> {
  const own = {
    id: crypto.randomUUID(),
    source_id: crypto.randomUUID(),
    label,
    description: `Cut from Flow ${flow.id}`,
  };
  const like = flowLike(await original(flow.id), own);
  return put({ ...like, flow_collection: collected });
}
