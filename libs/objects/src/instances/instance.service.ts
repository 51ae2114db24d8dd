import { Injectable } from '@nestjs/common';
import { Answer, type Connection, Database } from '@tams/platform';
import { BackendAccess, StorageBackends } from '@tams/storage';
import { metrics, TraceOperation } from '@tams/telemetry';
import { UnknownStorageBackendError } from '../allocation/allocation.errors';
import { ObjectAccess } from '../object-access';
import { ObjectNotFoundError } from '../object.errors';
import {
  InstanceLabelTakenError,
  LastObjectInstanceError,
  ObjectInstanceExistsError,
  ObjectInstanceUnknownError,
  ObjectWithoutSourceError,
} from './instance.errors';
import { InstanceWork } from './instance-work';
import { ObjectInstanceRepository, type ObjectWithInstances, type StoredInstance } from './instance.repository';
import type { ObjectInstancePost, ObjectInstanceQuery } from './instance.schema';

/** Adding and deleting instances of objects (POST and DELETE /objects/{objectId}/instances). */
@Injectable()
export class ObjectInstanceService {
  constructor(
    private readonly database: Database,
    private readonly instances: ObjectInstanceRepository,
    private readonly backends: StorageBackends,
    private readonly work: InstanceWork,
    private readonly access: ObjectAccess,
    private readonly backendAccess: BackendAccess,
  ) {}

  /**
   * Begins a copy on another backend, or adds a URL.
   * @throws {ObjectNotFoundError} also when the object was only allocated, or nothing uses it any more
   * @throws {BadRequestError} `unknown-storage-backend`, `object-id-not-storable`, `object-instance-exists`,
   *   `object-without-source`, `instance-label-taken`
   * @throws {TooManyCopiesError}
   */
  @TraceOperation('object.add_instance')
  async add(objectId: string, instance: ObjectInstancePost): Promise<Answer> {
    await this.requireWritable(objectId);
    await this.database.transaction(async (connection) => {
      const object = await this.lockInUse(connection, objectId);
      if ('url' in instance) await this.addUrl(connection, object, instance);
      else await this.beginCopy(connection, object, instance.storage_id);
    });
    return Answer.created();
  }

  /**
   * Takes an instance out of `get_urls`, and has its bytes freed.
   * @throws {ObjectNotFoundError}
   * @throws {BadRequestError} `object-instance-unknown`, `last-object-instance`
   */
  @TraceOperation('object.remove_instance')
  async remove(objectId: string, query: ObjectInstanceQuery): Promise<Answer> {
    await this.requireWritable(objectId);
    await this.proveOthers(objectId, query);
    await this.database.transaction(async (connection) => {
      const object = await this.lockInUse(connection, objectId);
      const instance = this.named(object, query);
      if (instance.state !== 'copying' && !this.othersOf(object, instance).some(isProven)) {
        throw new LastObjectInstanceError(objectId);
      }
      if (instance.storage_id === null) await this.instances.remove(connection, objectId, instance.id);
      else await this.work.beginDeletion(connection, { objectId, storageId: instance.storage_id }, instance.state);
    });
    return Answer.noContent();
  }

  private async requireWritable(objectId: string): Promise<void> {
    await this.access.require(this.database, 'write', objectId, () => new ObjectNotFoundError(objectId));
  }

  private async lockInUse(connection: Connection, objectId: string): Promise<ObjectWithInstances> {
    const object = await this.instances.find(connection, objectId, true);
    if (!object?.in_use) throw new ObjectNotFoundError(objectId);
    return object;
  }

  private async addUrl(
    connection: Connection,
    object: ObjectWithInstances,
    { url, label }: { readonly url: string; readonly label: string },
  ): Promise<void> {
    if (this.backends.all.some(({ details }) => details.label === label)) {
      throw new InstanceLabelTakenError(label, 'storage backend');
    }
    if (object.instances.some((instance) => instance.label === label)) {
      throw new InstanceLabelTakenError(label, 'object');
    }
    await this.instances.addUncontrolled(connection, object.id, label, url);
  }

  private async beginCopy(connection: Connection, object: ObjectWithInstances, storageId: string): Promise<void> {
    const backend = this.backendAccess.get(storageId, 'write');
    if (!backend) throw new UnknownStorageBackendError();
    backend.requireStorable(object.id);
    const existing = object.instances.find((instance) => instance.storage_id === storageId);
    if (existing?.state === 'ready') throw new ObjectInstanceExistsError();
    // The copy that was asked for is being made: a client that repeats a request whose answer it lost is right.
    if (existing?.state === 'copying') return;
    if (!object.instances.some((instance) => this.isReadable(instance))) throw new ObjectWithoutSourceError(object.id);
    const key = { objectId: object.id, storageId };
    await this.work.beginCopy(connection, key);
  }

  private named(object: ObjectWithInstances, { storage_id: storageId, label }: ObjectInstanceQuery): StoredInstance {
    const found = object.instances.find((instance) =>
      storageId === undefined ? this.labelOf(instance) === label : instance.storage_id === storageId,
    );
    const usable = found && (found.storage_id === null || this.backendAccess.isUsable(found.storage_id, 'write'));
    if (usable && found.state !== 'deleting') return found;
    throw new ObjectInstanceUnknownError(storageId === undefined ? 'label' : 'storage_id');
  }

  /** As it stands in `get_urls`: a controlled instance bears the label of its backend. */
  private labelOf(instance: StoredInstance): string | null | undefined {
    return instance.storage_id === null ? instance.label : this.backends.get(instance.storage_id)?.details.label;
  }

  /** For the caller: an instance they may not read neither feeds their copy nor makes another one spare. */
  private isReadable({ state, storage_id: storageId }: StoredInstance): boolean {
    return state === 'ready' && (storageId === null || this.backendAccess.isReadable(storageId));
  }

  private othersOf(object: ObjectWithInstances, instance: StoredInstance): StoredInstance[] {
    return object.instances.filter((other) => other.id !== instance.id && this.isReadable(other));
  }

  /**
   * That a row says an instance is there does not prove it: of an instance nobody has measured yet, the backend is asked
   * before another one is deleted. Outside the transaction, which must not wait for a backend.
   */
  private async proveOthers(objectId: string, query: ObjectInstanceQuery): Promise<void> {
    const object = await this.instances.find(this.database, objectId);
    if (!object?.in_use) return;
    const others = this.othersOf(object, this.named(object, query));
    if (others.some(isProven)) return;
    for (const { id, storage_id: storageId } of others) {
      const stored = storageId === null ? undefined : await this.backends.get(storageId)?.stat(objectId);
      if (stored && (await this.instances.recordSize(this.database, { id, object_id: objectId }, stored)))
        metrics.objects.series({ stage: 'uploaded' }).add();
    }
  }
}

/** Whether the bytes were seen, or a client vouches for them. */
function isProven({ url, size_bytes: sizeBytes }: StoredInstance): boolean {
  return url !== null || sizeBytes !== null;
}
