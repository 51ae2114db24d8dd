import { isSameContainer, type Written } from '@tams/model';
import type { TimeRange } from '@tams/timing';
import { ObjectRefusedError } from '../object.errors';
import type { NewMediaObject, ObjectRole, UncontrolledInstance } from '../object.repository';

/** What a media object holds, settled by its first registration. */
export interface MediaContent {
  readonly timerange: string;
  readonly keyFrameCount: number | undefined;
  readonly initObjectId: string | undefined;
}

/** How a segment to be registered uses its media object. */
export interface ObjectUse {
  readonly objectId: string;
  readonly initObjectId: string | undefined;
  /** The segment's timerange less its `ts_offset`: the part of the object it uses, on the object's own timeline. */
  readonly usedRange: TimeRange;
  /** The range the client says the whole object has. */
  readonly objectTimerange: Written<TimeRange> | undefined;
  readonly keyFrameCount: number | undefined;
  readonly getUrls: readonly { readonly label: string; readonly url: string }[];
}

/** The Flow whose segments are registered. */
export interface RegisteringFlow {
  readonly id: string;
  /** `essence_parameters.init_segments`. */
  readonly initSegments: boolean;
  /** MIME type of its media objects. */
  readonly container: string;
}

/** One object while a batch of segments is registered; `role` is null before its first registration. */
export interface ObjectState {
  readonly id: string;
  /** Flow it was allocated for; null for an object held elsewhere. */
  readonly allocatedForFlow: string | null;
  /** MIME type its bytes were announced with; null for an object held elsewhere. */
  readonly contentType: string | null;
  role: ObjectRole | null;
  /** The range of the whole object on its own timeline, in the words of its first registration. */
  timerange: Written<TimeRange> | undefined;
  keyFrameCount: number | undefined;
  initObjectId: string | undefined;
  /** Whether nothing used it before this batch, although something did once. */
  readonly unreferenced: boolean;
  /** Whether the collector has claimed it. */
  readonly collecting: boolean;
  /** Uncontrolled URLs by label. */
  readonly urls: Map<string, string>;
}

/**
 * The rules of objects while one batch of segments is registered: works in memory on objects locked before, segment after
 * segment, and collects what must be written. A refused segment leaves no trace.
 */
export class ObjectRegistration {
  private readonly media: NewMediaObject[] = [];
  private readonly inits: string[] = [];
  private readonly instances: UncontrolledInstance[] = [];
  private readonly revived = new Set<string>();

  /**
   * @param objects every object that exists of those the batch names, by id
   * @param backendLabels labels that only URLs of our own storage backends carry
   * @param hidden those of them that do not exist for the caller
   */
  constructor(
    private readonly flow: RegisteringFlow,
    private readonly objects: Map<string, ObjectState>,
    private readonly backendLabels: ReadonlySet<string | undefined>,
    private readonly hidden: ReadonlySet<string> = new Set(),
  ) {}

  /** Media objects registered by this batch for the first time. */
  get newMedia(): readonly NewMediaObject[] {
    return this.media;
  }

  /** Allocated objects that became initialisation objects. */
  get newInits(): readonly string[] {
    return this.inits;
  }

  /** Objects nothing used any more, and that this batch uses again. */
  get retained(): readonly string[] {
    return [...this.revived];
  }

  get newInstances(): readonly UncontrolledInstance[] {
    return this.instances;
  }

  /**
   * Takes one segment's use of its object.
   * @returns what the object holds, from now on if this is its first registration
   * @throws {ObjectRefusedError} when a rule of the specification forbids it
   */
  use(use: ObjectUse): MediaContent {
    this.refuseBackendLabels(use);
    if (this.hidden.has(use.objectId)) throw unknownObject(use.objectId);
    const object = this.objects.get(use.objectId) ?? externalObject(use);
    refuseCollected(object, 'object_id');
    const first = object.role === null;
    if (first) this.refuseForeign(object, 'object_id');
    if (object.role === 'init') {
      throw new ObjectRefusedError(
        'object-role-conflict',
        'object_id',
        `Object ${object.id} is an initialisation object; it cannot be used as media.`,
      );
    }
    if (!first) refuseChanges(object, use);
    this.refuseOtherContainer(object);
    const initObjectId = first ? use.initObjectId : object.initObjectId;
    const timerange = (first ? use.objectTimerange : object.timerange) ?? wholeOf(use);
    refuseOutside(timerange.value, use);
    this.refuseInitMismatch(object.id, initObjectId);
    const init = first && initObjectId !== undefined ? this.initObject(initObjectId, object.id) : undefined;
    const urls = newUrls(object, use);

    if (first) this.registerFirst(object, use, timerange);
    if (init?.role === null) {
      init.role = 'init';
      this.inits.push(init.id);
    }
    for (const used of [object, init]) if (used?.unreferenced) this.revived.add(used.id);
    for (const { label, url } of urls) {
      object.urls.set(label, url);
      this.instances.push({ objectId: object.id, label, url });
    }
    return { timerange: timerange.text, keyFrameCount: object.keyFrameCount, initObjectId };
  }

  private registerFirst(object: ObjectState, use: ObjectUse, timerange: Written<TimeRange>): void {
    object.role = 'media';
    object.timerange = timerange;
    object.keyFrameCount = use.keyFrameCount;
    object.initObjectId = use.initObjectId;
    this.objects.set(object.id, object);
    const { start, end } = timerange.value.clampToStorable();
    const { keyFrameCount, initObjectId } = use;
    this.media.push({ id: object.id, timerange: timerange.text, start, end, keyFrameCount, initObjectId });
  }

  private refuseBackendLabels(use: ObjectUse): void {
    const taken = use.getUrls.find(({ label }) => this.backendLabels.has(label));
    if (!taken) return;
    throw new ObjectRefusedError(
      'get-url-label-reserved',
      'get_urls',
      `The label ${JSON.stringify(taken.label)} is that of a storage backend; use another label.`,
    );
  }

  /** An object allocated for another Flow becomes known to this one only after that Flow has registered it. */
  private refuseForeign(object: ObjectState, field: string): void {
    if (!this.objects.has(object.id) || object.allocatedForFlow === this.flow.id) return;
    throw new ObjectRefusedError(
      'object-of-another-flow',
      field,
      `Object ${object.id} was allocated for another Flow, which has not registered it yet; register it there first.`,
    );
  }

  private refuseOtherContainer({ id, contentType }: ObjectState): void {
    const { container } = this.flow;
    if (contentType === null || isSameContainer(contentType, container)) return;
    throw new ObjectRefusedError(
      'object-container-mismatch',
      'object_id',
      `Object ${id} is ${contentType}, and the media objects of this Flow must be ${container}, its container.`,
    );
  }

  private refuseInitMismatch(objectId: string, initObjectId: string | undefined): void {
    if (this.flow.initSegments && initObjectId === undefined) {
      throw new ObjectRefusedError(
        'init-object-required',
        'init_object_id',
        `The Flow has essence_parameters.init_segments set, so object ${objectId} needs an initialisation object: give init_object_id when the object is first registered.`,
      );
    }
    if (!this.flow.initSegments && initObjectId !== undefined) {
      throw new ObjectRefusedError(
        'init-object-unexpected',
        'init_object_id',
        `Object ${objectId} has an initialisation object, so the Flow's essence_parameters.init_segments must be true: set it first.`,
      );
    }
  }

  private initObject(initObjectId: string, mediaObjectId: string): ObjectState {
    const init = this.hidden.has(initObjectId) ? undefined : this.objects.get(initObjectId);
    if (initObjectId === mediaObjectId) {
      throw new ObjectRefusedError(
        'object-role-conflict',
        'init_object_id',
        `Object ${initObjectId} cannot be its own initialisation object.`,
      );
    }
    if (!init) {
      throw new ObjectRefusedError(
        'object-unknown',
        'init_object_id',
        `There is no object ${initObjectId}; allocate it with POST /flows/{flowId}/storage first.`,
      );
    }
    refuseCollected(init, 'init_object_id');
    if (init.role === 'media') {
      throw new ObjectRefusedError(
        'object-role-conflict',
        'init_object_id',
        `Object ${initObjectId} is a media object; it cannot be used as an initialisation object.`,
      );
    }
    if (init.role === null) this.refuseForeign(init, 'init_object_id');
    return init;
  }
}

/** An object this store does not hold is known by the URLs the client gives for it. */
function externalObject(use: ObjectUse): ObjectState {
  if (use.getUrls.length === 0) throw unknownObject(use.objectId);
  return {
    id: use.objectId,
    allocatedForFlow: null,
    contentType: null,
    role: null,
    timerange: undefined,
    keyFrameCount: undefined,
    initObjectId: undefined,
    unreferenced: false,
    collecting: false,
    urls: new Map(),
  };
}

function unknownObject(objectId: string): ObjectRefusedError {
  return new ObjectRefusedError(
    'object-unknown',
    'object_id',
    `There is no object ${objectId}; allocate it with POST /flows/{flowId}/storage first, or give get_urls for one held elsewhere.`,
  );
}

/** What the collector has claimed is gone, even while its row still keeps track of the last bytes. */
function refuseCollected(object: ObjectState, field: string): void {
  if (!object.collecting) return;
  throw new ObjectRefusedError(
    'object-expired',
    field,
    `Object ${object.id} was not registered in time (min_object_timeout of GET /service), or no longer used, and is being removed; allocate a new one and upload again.`,
  );
}

/** What describes the object itself was settled by its first registration; repeating it is fine, changing it is not. */
function refuseChanges(object: ObjectState, use: ObjectUse): void {
  const refuse = (field: string, stored: string | number | undefined): never => {
    throw new ObjectRefusedError(
      'object-conflict',
      field,
      `Object ${object.id} is registered already, with ${stored === undefined ? `no ${field}` : `${field} ${stored}`}; leave ${field} out to use it again.`,
    );
  };
  if (use.objectTimerange && !(object.timerange?.value.equals(use.objectTimerange.value) ?? false)) {
    refuse('object_timerange', object.timerange?.text);
  }
  if (use.keyFrameCount !== undefined && use.keyFrameCount !== object.keyFrameCount) {
    refuse('key_frame_count', object.keyFrameCount);
  }
  if (use.initObjectId !== undefined && use.initObjectId !== object.initObjectId) {
    refuse('init_object_id', object.initObjectId);
  }
}

/** An object nobody has described is taken to hold what its first segment uses. */
function wholeOf({ usedRange }: ObjectUse): Written<TimeRange> {
  return { text: usedRange.toString(), value: usedRange };
}

function refuseOutside(objectTimerange: TimeRange, use: ObjectUse): void {
  if (objectTimerange.contains(use.usedRange)) return;
  throw new ObjectRefusedError(
    'segment-outside-object',
    'timerange',
    `The segment uses ${use.usedRange.toString()} of object ${use.objectId} (timerange less ts_offset), which has only ${objectTimerange.toString()}.`,
  );
}

/** The URLs to add; one whose label stands for another URL already is refused. */
function newUrls(object: ObjectState, use: ObjectUse): ObjectUse['getUrls'] {
  const contradicting = use.getUrls.find(({ label, url }) => object.urls.has(label) && object.urls.get(label) !== url);
  if (contradicting) {
    throw new ObjectRefusedError(
      'get-url-conflict',
      'get_urls',
      `Object ${object.id} has another URL under the label ${JSON.stringify(contradicting.label)}; use another label.`,
    );
  }
  return use.getUrls.filter(({ label }) => !object.urls.has(label));
}
