import { isDeepStrictEqual } from 'node:util';
import { isMediaTimerange, SegmentRules, type ModelObject, type ModelSegment, type SegmentPost } from './segment-rules';
import { hull, overlap, spanOf, coversNanoseconds, type Span } from './span';

export type Tags = Readonly<Record<string, string | readonly string[]>>;

export interface CollectionItem {
  readonly id: string;
  readonly role?: string;
}

/** The metadata of a Flow as a client PUTs it; what is left out is unset. */
export interface FlowBody {
  readonly id: string;
  readonly source_id: string;
  readonly format: string;
  readonly codec?: string;
  readonly container?: string;
  readonly essence_parameters?: { readonly frame_width?: number; readonly [parameter: string]: unknown };
  readonly label?: string;
  readonly description?: string;
  readonly tags?: Tags;
  readonly read_only?: boolean;
  readonly max_bit_rate?: number;
  readonly flow_collection?: readonly CollectionItem[];
}

export interface ModelFlow {
  body: FlowBody;
  segments: ModelSegment[];
  /** Position in the order of creation. */
  readonly created: number;
}

export interface ModelSource {
  readonly id: string;
  readonly format: string;
  label?: string | undefined;
  description?: string | undefined;
  tags: Tags;
  readonly created: number;
}

/** What a write answers. */
export type Status = 200 | 201 | 204 | 400 | 403 | 404;

/**
 * The store in memory, after the specification's words: each write says which status the server must answer, and changes the
 * model when it is a success.
 */
export class StoreModel {
  readonly flows = new Map<string, ModelFlow>();
  readonly sources = new Map<string, ModelSource>();
  readonly objects = new Map<string, ModelObject>();
  /** `metadata_version` of Flows as they were read, with the metadata it stood for. */
  readonly versions = new Map<string, unknown>();
  private clock = 0;

  /** @param reservedLabels labels of storage backends, which no client's URL may have */
  constructor(private readonly reservedLabels: ReadonlySet<string>) {}

  /** PUT /flows/{flowId}. */
  putFlow(body: FlowBody): Status {
    const existing = this.flows.get(body.id);
    if (existing?.body.read_only === true) return 403;
    if (existing && existing.body.source_id !== body.source_id) return 400;
    const source = this.sources.get(body.source_id);
    if (source && source.format !== body.format) return 400;
    const problem = this.collectionProblem(body, body.flow_collection ?? []);
    if (problem) return 400;
    // Segments were registered for what their objects are packed in.
    if (existing && existing.segments.length > 0 && existing.body.container !== body.container) return 400;
    if (!source) {
      const { source_id: id, format, label, description, tags = {} } = body;
      this.sources.set(id, { id, format, label, description, tags, created: this.tick() });
    }
    if (existing) existing.body = body;
    else this.flows.set(body.id, { body, segments: [], created: this.tick() });
    return existing ? 204 : 201;
  }

  /** DELETE /flows/{flowId}. */
  deleteFlow(id: string): Status {
    const refusal = this.refusal(id);
    if (refusal) return refusal;
    const { source_id: sourceId } = this.flows.get(id)!.body;
    this.flows.delete(id);
    for (const flow of this.flows.values()) {
      const items = flow.body.flow_collection ?? [];
      if (items.some((item) => item.id === id)) {
        flow.body = { ...flow.body, flow_collection: items.filter((item) => item.id !== id) };
      }
    }
    if (this.flowsOf(sourceId).length === 0) this.sources.delete(sourceId);
    return 204;
  }

  /** PUT or, with `undefined`, DELETE of one property of a Flow. */
  changeFlow(id: string, change: Partial<{ [Name in keyof FlowBody]: FlowBody[Name] | undefined }>): Status {
    const onlySwitch = Object.keys(change).every((name) => name === 'read_only');
    const refusal = this.refusal(id, onlySwitch);
    if (refusal) return refusal;
    const flow = this.flows.get(id)!;
    const body = { ...flow.body, ...change } as FlowBody;
    if (change.flow_collection && this.collectionProblem(body, change.flow_collection)) return 400;
    flow.body = body;
    return 204;
  }

  /** DELETE of one tag. */
  deleteFlowTag(id: string, name: string): Status {
    const refusal = this.refusal(id);
    if (refusal) return refusal;
    const tags = this.flows.get(id)!.body.tags ?? {};
    return Object.hasOwn(tags, name) ? this.changeFlow(id, { tags: without(tags, name) }) : 404;
  }

  /** PUT or, with `undefined`, DELETE of one property of a Source. */
  changeSource(id: string, change: Partial<Pick<ModelSource, 'label' | 'description' | 'tags'>>): Status {
    const source = this.sources.get(id);
    if (!source) return 404;
    Object.assign(source, change);
    return 204;
  }

  /** DELETE of one tag of a Source. */
  deleteSourceTag(id: string, name: string): Status {
    const tags = this.sources.get(id)?.tags ?? {};
    return Object.hasOwn(tags, name) ? this.changeSource(id, { tags: without(tags, name) }) : 404;
  }

  /** POST /flows/{flowId}/storage with `object_ids`. */
  allocate(flowId: string, objectIds: readonly string[]): Status {
    const refusal = this.refusal(flowId);
    if (refusal) return refusal;
    if (this.flows.get(flowId)!.body.container === undefined) return 400;
    if (objectIds.some((id) => this.objects.has(id))) return 400;
    for (const id of objectIds)
      this.objects.set(id, { id, allocatedFor: flowId, span: undefined, keyFrames: undefined, urls: new Map() });
    return 201;
  }

  /** POST /flows/{flowId}/segments. @returns the status, and of a list the object ids of what failed, in order */
  register(flowId: string, posts: readonly SegmentPost[], single: boolean): { status: Status; failed: string[] } {
    // A request that is not well-formed is refused before anybody looks for the Flow.
    if (single && posts.some(({ timerange }) => !isMediaTimerange(spanOf(timerange))))
      return { status: 400, failed: [] };
    const refusal = this.refusal(flowId);
    if (refusal) return { status: refusal, failed: [] };
    const flow = this.flows.get(flowId)!;
    if (flow.body.container === undefined) return { status: 400, failed: [] };
    const rules = new SegmentRules(flowId, flow.segments, this.objects, this.reservedLabels);
    const failed = posts.filter((post) => !rules.take(post)).map((post) => post.object_id);
    if (failed.length === 0) return { status: 201, failed };
    return { status: single ? 400 : 200, failed };
  }

  /** DELETE /flows/{flowId}/segments: what the timerange covers completely. */
  deleteSegments(flowId: string, timerange: string, objectId: string | undefined): Status {
    const refusal = this.refusal(flowId);
    if (refusal) return refusal;
    const flow = this.flows.get(flowId)!;
    const doomed = (segment: ModelSegment): boolean =>
      coversNanoseconds(spanOf(timerange), segment.span) &&
      (objectId ?? segment.post.object_id) === segment.post.object_id;
    flow.segments = flow.segments.filter((segment) => !doomed(segment));
    return 204;
  }

  /** Segments of a Flow in time order that overlap a timerange. */
  segmentsIn(flowId: string, timerange: string | undefined, objectId?: string): ModelSegment[] {
    const within: Span = timerange === undefined ? { low: null, high: null } : spanOf(timerange);
    return (this.flows.get(flowId)?.segments ?? [])
      .filter(({ span, post }) => overlap(span, within) && (objectId ?? post.object_id) === post.object_id)
      .sort((a, b) => (a.span.low! < b.span.low! ? -1 : 1));
  }

  /** The timerange of a Flow's segments that overlap another. */
  timerangeOf(flowId: string, within: string | undefined): Span {
    return hull(this.segmentsIn(flowId, within).map(({ span }) => span));
  }

  /** Flows whose segments use an object. */
  flowsUsing(objectId: string): string[] {
    return [...this.flows.values()]
      .filter(({ segments }) => segments.some(({ post }) => post.object_id === objectId))
      .map(({ body }) => body.id);
  }

  /** Flows that collect a Flow. */
  collectedBy(flowId: string): string[] {
    return [...this.flows.values()].filter(({ body }) => collects(body, flowId)).map(({ body }) => body.id);
  }

  flowsOf(sourceId: string): ModelFlow[] {
    return [...this.flows.values()].filter(({ body }) => body.source_id === sourceId);
  }

  /** Sources a Source collects: those of what its Flows collect. */
  sourcesCollectedBy(sourceId: string): Set<string> {
    const items = this.flowsOf(sourceId).flatMap(({ body }) => body.flow_collection ?? []);
    return new Set(items.map(({ id }) => this.flows.get(id)!.body.source_id));
  }

  /** Sources that collect a Source. */
  sourcesCollecting(sourceId: string): Set<string> {
    const collecting = [...this.sources.keys()].filter((id) => this.sourcesCollectedBy(id).has(sourceId));
    return new Set(collecting);
  }

  /** Why a write to a Flow must be refused, whatever it says. */
  private refusal(flowId: string, evenIfReadOnly = false): 403 | 404 | undefined {
    const flow = this.flows.get(flowId);
    if (!flow) return 404;
    return flow.body.read_only === true && !evenIfReadOnly ? 403 : undefined;
  }

  /** Members must exist, and Flows of one Source must agree on the roles and the order of the Sources they collect. */
  private collectionProblem(body: FlowBody, items: readonly CollectionItem[]): boolean {
    const sourceOf = (id: string): string | undefined =>
      id === body.id ? body.source_id : this.flows.get(id)?.body.source_id;
    if (items.some(({ id }) => sourceOf(id) === undefined)) return true;
    const roles = (list: readonly CollectionItem[]): Map<string, string | undefined> => {
      const found = new Map<string, string | undefined>();
      for (const { id, role } of list) if (!found.has(sourceOf(id)!)) found.set(sourceOf(id)!, role);
      return found;
    };
    const own = roles(items);
    return this.flowsOf(body.source_id)
      .filter((flow) => flow.body.id !== body.id)
      .some((flow) => {
        const other = roles(flow.body.flow_collection ?? []);
        const shared = [...own.keys()].filter((id) => other.has(id));
        const theirs = [...other.keys()].filter((id) => own.has(id));
        const differs = (id: string): boolean => !!own.get(id) && !!other.get(id) && own.get(id) !== other.get(id);
        return shared.some(differs) || !isDeepStrictEqual(shared, theirs);
      });
  }

  private tick(): number {
    this.clock += 1;
    return this.clock;
  }
}

export function collects(body: FlowBody, flowId: string): boolean {
  return (body.flow_collection ?? []).some((item) => item.id === flowId);
}

function without(tags: Tags, name: string): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key !== name));
}
