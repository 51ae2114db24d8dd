import { addAbortSignal, pipeline } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database, type JobContext, type ReadProgress } from '@tams/platform';
import { isOpenTo, type StorageBackend, StorageBackends } from '@tams/storage';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { ExternalSource, type OpenSource } from './external-source';
import {
  type InstanceKey,
  type KnownBytes,
  ObjectInstanceRepository,
  type ObjectWithInstances,
  type StoredInstance,
} from './instance.repository';
import { MeteredBytes, requireSameBytes } from './metered-bytes';
import { ThroughputWatch } from './throughput-watch';

/** How long a copy is tried that never succeeds, in milliseconds. */
const PATIENCE_MILLISECONDS = 24 * 3600_000;
const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

/** One way to get the bytes. */
interface Attempt {
  /** Where from, for operators. */
  readonly from: string;
  readonly run: (context: CopyContext) => Promise<KnownBytes>;
}

/** What a copy hears and tells while it goes on. */
export type CopyContext = Pick<JobContext, 'signal' | 'show'>;

/** Copies objects to further storage backends; a copy is advertised only once it is complete and verified. */
@Injectable()
export class InstanceCopies {
  constructor(
    private readonly database: Database,
    private readonly instances: ObjectInstanceRepository,
    private readonly backends: StorageBackends,
    private readonly external: ExternalSource,
    @InjectPinoLogger('Copies') private readonly logger: PinoLogger,
  ) {}

  /**
   * Makes the copy that an instance in the state `copying` stands for, from the start whatever an earlier attempt left.
   * Rejects when it cannot be made now; after {@link PATIENCE_MILLISECONDS}, or when nothing uses the object any more,
   * the instance goes over to `deleting`.
   */
  async copy(object: ObjectWithInstances, instance: StoredInstance, context: CopyContext): Promise<void> {
    const key = { objectId: object.id, storageId: instance.storage_id ?? '' };
    if (!object.in_use) {
      await this.giveUp(key);
      return;
    }
    const target = this.backends.get(key.storageId);
    const failures: string[] = [];
    for (const { from, run } of target ? this.attempts(object, target, instance.copy_classes ?? undefined) : []) {
      try {
        await this.advertise(key, await run(context));
        return;
      } catch (error) {
        context.signal.throwIfAborted();
        failures.push(`${from}: ${(error as Error).message}`);
      }
    }
    const reasons = target ? failures.join('; ') || 'no instance can be read' : 'the storage backend is not configured';
    const problem = `Object ${object.id} cannot be copied to storage backend ${key.storageId}: ${reasons}`;
    if (Date.now() - Date.parse(instance.state_since) < PATIENCE_MILLISECONDS) throw new Error(problem);
    this.logger.error(
      `${problem}. It was tried for a day and is given up; POST the instance again once that is mended.`,
    );
    await this.giveUp(key);
  }

  /** Makes the copy known, unless it was deleted, or the object went away, in the meantime. */
  private async advertise(key: InstanceKey, bytes: KnownBytes): Promise<void> {
    await this.database.transaction(async (connection) => {
      const object = await this.instances.find(connection, key.objectId, true);
      const instance = object?.instances.find(({ storage_id: storageId }) => storageId === key.storageId);
      if (instance?.state !== 'copying') return;
      if (object?.in_use) await this.instances.finishCopy(connection, key, bytes);
      else await this.instances.beginDeletion(connection, key);
    });
  }

  /** Makes no copy any more: what there is of it is to be freed. Can be repeated. */
  async giveUp(key: InstanceKey): Promise<void> {
    await this.database.transaction(async (connection) => {
      const object = await this.instances.find(connection, key.objectId, true);
      const instance = object?.instances.find(({ storage_id: storageId }) => storageId === key.storageId);
      if (instance?.state === 'copying') await this.instances.beginDeletion(connection, key);
    });
  }

  /**
   * Ways to get the bytes, cheapest first: within the store, from another backend, from a client's URL.
   * @param readable classes that whoever asked for the copy may read: it must not carry media out of others
   */
  private *attempts(
    object: ObjectWithInstances,
    target: StorageBackend,
    readable: readonly string[] | undefined,
  ): Generator<Attempt> {
    const ready = object.instances.filter(({ state }) => state === 'ready');
    const expected = knownBytes(ready);
    const stored = ready.flatMap(({ storage_id: id }) => (id === null ? [] : (this.backends.get(id) ?? [])));
    const sources = stored.filter(({ details }) => isOpenTo(details, readable));
    for (const source of sources.filter((candidate) => target.canCopyFrom(candidate))) {
      const from = `${nameOf(source)}, copied by the store`;
      yield { from, run: () => copiedByStore(object.id, source, target, expected) };
    }
    for (const source of sources) {
      const open = (): Promise<OpenSource> => openStored(source, object.id);
      yield { from: nameOf(source), run: (context) => streamed(object, open, target, expected, context) };
    }
    for (const { url, label } of ready) {
      if (url === null) continue;
      const from = `URL ${label ?? new URL(url).host}`;
      yield {
        from,
        run: (context) => streamed(object, () => this.external.open(url, context.signal), target, expected, context),
      };
    }
  }
}

async function copiedByStore(
  objectId: string,
  source: StorageBackend,
  target: StorageBackend,
  expected: Partial<KnownBytes>,
): Promise<KnownBytes> {
  const copied = await target.copyFrom(source, objectId);
  requireSameBytes(copied, expected);
  await verifyStored(target, objectId, copied);
  return { sizeBytes: copied.sizeBytes, sha256: expected.sha256 };
}

/** Moves bytes through this server, in constant memory, as fast as the slower side. */
async function streamed(
  object: ObjectWithInstances,
  open: () => Promise<OpenSource>,
  target: StorageBackend,
  known: Partial<KnownBytes>,
  { signal, show }: CopyContext,
): Promise<KnownBytes> {
  const source = await open();
  const least = source.leastBytesPerSecond ?? 0;
  const expected = { ...(source.sizeBytes === undefined ? {} : { sizeBytes: source.sizeBytes }), ...known };
  const metered = addAbortSignal(signal, new MeteredBytes(expected, source.mostBytes));
  show(progressOf(object, target, metered, expected.sizeBytes));
  const watch = least > 0 ? new ThroughputWatch(metered, least) : undefined;
  // What ends the source ends the copy too: the writer hears of it as an error of what it reads.
  pipeline(source.content, metered, () => undefined);
  const contentType = object.content_type ?? source.contentType ?? DEFAULT_CONTENT_TYPE;
  try {
    await target.write(object.id, metered, contentType);
  } finally {
    watch?.end();
    // A target that took nothing has left the source open.
    metered.destroy();
  }
  await verifyStored(target, object.id, metered.bytes);
  return metered.bytes;
}

function progressOf(
  { id }: ObjectWithInstances,
  target: StorageBackend,
  metered: MeteredBytes,
  total: number | undefined,
): ReadProgress {
  const about = `object ${id} to ${nameOf(target)}`;
  return () => ({ about, unit: 'bytes', done: metered.count, total });
}

/** Asks the backend what it holds, however well the writing seemed to go. */
async function verifyStored(target: StorageBackend, objectId: string, bytes: KnownBytes): Promise<void> {
  const stored = await target.stat(objectId);
  if (!stored) throw new Error('the backend does not have what was written to it');
  requireSameBytes(stored, bytes);
}

async function openStored(source: StorageBackend, objectId: string): Promise<OpenSource> {
  const stored = await source.stat(objectId);
  const content = await source.openRead(objectId);
  return { content, sizeBytes: stored?.sizeBytes, contentType: stored?.contentType };
}

/** What all instances must agree with: the first size and the first hash that anybody knows. */
function knownBytes(instances: readonly StoredInstance[]): Partial<KnownBytes> {
  const size = instances.find(({ size_bytes: sizeBytes }) => sizeBytes !== null)?.size_bytes;
  const sha256 = instances.find((instance) => instance.sha256 !== null)?.sha256;
  return { ...(size && { sizeBytes: Number(size) }), ...(sha256 && { sha256 }) };
}

function nameOf({ details }: StorageBackend): string {
  return `storage backend ${details.label ?? details.id}`;
}
