import { Injectable } from '@nestjs/common';
import { ClassAccess, idsWithinClasses } from '@tams/auth';
import { Database } from '@tams/platform';
import { ObjectAccess, ObjectNotFoundError } from '@tams/objects';
import { TraceOperation } from '@tams/telemetry';
import { given } from '../library/flow-overview';
import { VisibleBackends } from '../visible-backends';
import {
  type InspectedObject,
  type InstanceRow,
  ObjectInspectionRepository,
  type UsingFlow,
} from './object-inspection.repository';
import type { ObjectInspection } from './object-inspection.schema';

/** Flows that are named. */
const NAMED_FLOWS = 100;

/** Everything about one object, also while it is only allocated or waits to be collected. */
@Injectable()
export class ObjectInspectionService {
  constructor(
    private readonly database: Database,
    private readonly objects: ObjectInspectionRepository,
    private readonly access: ObjectAccess,
    private readonly classes: ClassAccess,
    private readonly backends: VisibleBackends,
  ) {}

  /** @throws {ObjectNotFoundError} {@link MissingClassRightError} */
  @TraceOperation('console.object')
  async inspect(objectId: string): Promise<ObjectInspection> {
    const absent = (): ObjectNotFoundError => new ObjectNotFoundError(objectId);
    const object = await this.objects.find(this.database, objectId);
    if (!object) throw absent();
    await this.access.require(this.database, 'read', objectId, absent);
    const { readable } = this.classes;
    const flows = await this.objects.usingFlows(this.database, object, readable, NAMED_FLOWS + 1);
    const instances = await this.objects.instances(this.database, objectId);
    const shown = instances.filter(({ storage_id: id }) => id === null || this.backends.mayKnow(id));
    const sizes = instances.flatMap(({ size_bytes: size }) => (size === null ? [] : [Number(size)]));
    return {
      ...this.describe(object),
      ...(await this.origins(object, readable)),
      ...(sizes.length > 0 && { size_bytes: Math.max(...sizes) }),
      instances: shown.map((instance) => this.presentInstance(instance)),
      flows: flows.slice(0, NAMED_FLOWS).map(presentFlow),
      more_flows: flows.length > NAMED_FLOWS,
    };
  }

  private describe(object: InspectedObject): Omit<ObjectInspection, 'instances' | 'flows' | 'more_flows'> {
    const { role, content_type, timerange, init_object_id, registered, unreferenced_since, collect_at } = object;
    return {
      id: object.id,
      ...given({ role, content_type, timerange, init_object_id, registered, unreferenced_since, collect_at }),
      ...(object.key_frame_count !== null && { key_frame_count: Number(object.key_frame_count) }),
      ...(role === 'init' && { initialises: Number(object.initialises) }),
      allocated: object.allocated,
    };
  }

  /** The Flows it comes from, as far as the caller may read them. */
  private async origins(
    { allocated_for_flow, first_referenced_by_flow }: InspectedObject,
    readable: readonly string[] | undefined,
  ): Promise<Pick<ObjectInspection, 'allocated_for_flow' | 'first_referenced_by_flow'>> {
    const origins = { allocated_for_flow, first_referenced_by_flow };
    if (!readable) return given(origins);
    const ids = Object.values(origins).filter((id) => id !== null);
    const visible = await idsWithinClasses(this.database, 'flow', ids, readable);
    return Object.fromEntries(Object.entries(origins).filter(([, id]) => id !== null && visible.has(id)));
  }

  private presentInstance(instance: InstanceRow): ObjectInspection['instances'][number] {
    const { storage_id, state, state_since, created, size_bytes, sha256 } = instance;
    const label = storage_id === null ? instance.label : this.backends.get(storage_id)?.details.label;
    return {
      ...given({ storage_id, label }),
      controlled: storage_id !== null,
      state,
      state_since,
      created,
      ...(size_bytes !== null && { size_bytes: Number(size_bytes) }),
      ...given({ sha256 }),
    };
  }
}

function presentFlow({ id, label, format, timeranges }: UsingFlow): ObjectInspection['flows'][number] {
  return {
    id,
    ...given({ label, format: format as ObjectInspection['flows'][number]['format'] | null, timerange: timeranges[0] }),
    more_segments: timeranges.length > 1,
  };
}
