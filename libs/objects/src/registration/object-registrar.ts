import { Injectable } from '@nestjs/common';
import type { Connection } from '@tams/platform';
import { TimeRange } from '@tams/timing';
import { StorageBackends } from '@tams/storage';
import { ObjectRegistration, type ObjectState, type ObjectUse, type RegisteringFlow } from './object-registration';
import { ObjectAccess } from '../object-access';
import { type LockedObject, type NewMediaObject, ObjectRepository } from '../object.repository';

/** Another transaction registered one of our objects first; PostgreSQL's own code for it makes the transaction start again. */
class ObjectsRegisteredMeanwhileError extends Error {
  override readonly name = 'ObjectsRegisteredMeanwhileError';
  readonly code = '40001';
}

/** Objects as they were when they were locked. */
export interface LockedObjects {
  readonly states: Map<string, ObjectState>;
  /** Those the caller may not use. */
  readonly hidden: ReadonlySet<string>;
}

/** Brings objects in and out of an {@link ObjectRegistration}; both within one transaction. */
@Injectable()
export class ObjectRegistrar {
  constructor(
    private readonly objects: ObjectRepository,
    private readonly backends: StorageBackends,
    private readonly access: ObjectAccess,
  ) {}

  /**
   * Locks and reads every object the uses name. The Flow's lock must have been asked for before, on the same connection: its
   * answer need not have come.
   */
  async lock(connection: Connection, flowId: string, uses: readonly ObjectUse[]): Promise<LockedObjects> {
    const ids = uses.flatMap((use) =>
      use.initObjectId === undefined ? [use.objectId] : [use.objectId, use.initObjectId],
    );
    const locked = await this.objects.lock(connection, [...new Set(ids)]);
    const usable = await this.access.usable(
      connection,
      locked.map(({ id }) => id),
      flowId,
    );
    const hidden = new Set(usable && locked.map(({ id }) => id).filter((id) => !usable.has(id)));
    const states = new Map(locked.map((row) => [row.id, stateOf(row)]));
    const described = [...new Set(uses.filter((use) => use.getUrls.length > 0).map((use) => use.objectId))];
    const extended = described.filter((id) => states.has(id));
    if (extended.length > 0) {
      for (const { objectId, label, url } of await this.objects.uncontrolledInstances(connection, extended)) {
        states.get(objectId)?.urls.set(label, url);
      }
    }
    return { states, hidden };
  }

  /** The rules, for objects that are locked. */
  begin(flow: RegisteringFlow, { states, hidden }: LockedObjects): ObjectRegistration {
    const backendLabels = new Set(this.backends.all.map(({ details }) => details.label));
    return new ObjectRegistration(flow, states, backendLabels, hidden);
  }

  /** Writes what was registered, in at most four statements that are sent together. */
  async save(connection: Connection, flow: RegisteringFlow, registration: ObjectRegistration): Promise<void> {
    const { newInits, newMedia, newInstances, retained } = registration;
    await Promise.all([
      this.registerNew(connection, flow.id, newInits, newMedia),
      retained.length > 0 ? this.objects.retain(connection, retained) : undefined,
    ]);
    // Not with the others: of objects that another transaction made meanwhile, it would fail in a way that is not tried again.
    if (newInstances.length > 0) await this.objects.addUncontrolledInstances(connection, newInstances);
  }

  private async registerNew(
    connection: Connection,
    flowId: string,
    inits: readonly string[],
    media: readonly NewMediaObject[],
  ): Promise<void> {
    const [, registered] = await Promise.all([
      inits.length > 0 ? this.objects.registerInit(connection, flowId, inits) : undefined,
      media.length > 0 ? this.objects.registerMedia(connection, flowId, media) : 0,
    ]);
    if (registered < media.length) throw new ObjectsRegisteredMeanwhileError();
  }
}

function stateOf(row: LockedObject): ObjectState {
  return {
    id: row.id,
    allocatedForFlow: row.allocated_for_flow,
    contentType: row.content_type,
    role: row.role,
    timerange: row.timerange === null ? undefined : { text: row.timerange, value: TimeRange.parse(row.timerange) },
    keyFrameCount: row.key_frame_count === null ? undefined : Number(row.key_frame_count),
    initObjectId: row.init_object_id ?? undefined,
    unreferenced: row.unreferenced,
    collecting: row.collecting,
    urls: new Map(),
  };
}
