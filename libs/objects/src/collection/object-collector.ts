import { Injectable, type OnModuleInit } from '@nestjs/common';
import { afterCommit, Configuration, type Connection, Database, JobQueue } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import { metrics } from '@tams/telemetry';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { z } from 'zod';
import { type ClaimedObject, type CollectionAges, CollectionRepository } from './collection.repository';

/** The kind of job that collects. */
export const COLLECTION_JOB = 'object-collection';

const CLAIM_BATCH = 500;
/** Objects freed in one transaction. It stays open while backends work, so it must be short even when each call is slow. */
const FREE_BATCH = 20;
/** Calls to backends at a time. */
const CONCURRENT_DELETIONS = 10;

/**
 * Removes objects whose time is over: those never registered, and those nothing uses any more. In two steps, so that
 * bytes in use are never freed and bytes are never lost track of: an object without references is first *claimed* under
 * its row lock, from when on it is never registered nor uploaded again; then its bytes are removed from every backend,
 * and only after all have confirmed is its row forgotten. Each step can be repeated.
 */
@Injectable()
export class ObjectCollector implements OnModuleInit {
  private readonly ages: CollectionAges;

  constructor(
    private readonly database: Database,
    private readonly collection: CollectionRepository,
    private readonly backends: StorageBackends,
    private readonly configuration: Configuration,
    private readonly jobs: JobQueue,
    @InjectPinoLogger('Collector') private readonly logger: PinoLogger,
  ) {
    this.ages = {
      unregistered: configuration.minObjectTimeoutSeconds + configuration.objectTimeoutGraceSeconds,
      unreferenced: configuration.unreferencedObjectGraceSeconds,
    };
  }

  onModuleInit(): void {
    this.jobs.define(COLLECTION_JOB, {
      schema: z.object({}),
      everySeconds: this.configuration.objectCollectionIntervalSeconds,
      deletesByAge: true,
      stop: { leaves: 'Objects that are due stay until the next run, which comes by itself.' },
      handler: (_job, { signal }) => this.collect(signal),
    });
  }

  /** Claims all that is due and frees what is claimed; what a backend refuses is tried again later. */
  async collect(signal: AbortSignal): Promise<void> {
    let full = true;
    while (full) {
      signal.throwIfAborted();
      full = (await this.database.transaction((connection) => this.claim(connection))) >= CLAIM_BATCH;
    }
    const unreachable = new Set<string>();
    for (let freed = 1; freed > 0;) {
      signal.throwIfAborted();
      freed = await this.database.transaction((connection) => this.free(connection, unreachable), {
        waitsOutside: true,
      });
    }
  }

  private async claim(connection: Connection): Promise<number> {
    const due = await this.collection.lockDue(connection, this.ages, CLAIM_BATCH);
    return due.length === 0 ? 0 : this.collection.claim(connection, due);
  }

  /**
   * Frees one batch, whose rows stay locked meanwhile: two collectors never work on the same object, so none frees the
   * bytes of an identifier that was forgotten and allocated anew.
   * @returns how many objects were tried
   */
  private async free(connection: Connection, unreachable: Set<string>): Promise<number> {
    const claimed = await this.collection.lockClaimed(connection, [...unreachable], FREE_BATCH);
    const [gone, kept]: [ClaimedObject[], ClaimedObject[]] = [[], []];
    await inTurns(claimed, CONCURRENT_DELETIONS, async (object) => {
      const confirmed = await this.removeBytes(object, unreachable);
      (confirmed ? gone : kept).push(object);
    });
    if (kept.length > 0) await this.collection.postpone(connection, kept.map(idOf));
    if (gone.length > 0) {
      await this.collection.remove(connection, gone.map(idOf));
      await this.releaseInits(connection, gone);
      const expired = gone.filter(({ registered }) => !registered).length;
      afterCommit(connection, () => {
        metrics.objects.series({ stage: 'expired' }).add(expired);
      });
    }
    return claimed.length;
  }

  /** @returns whether every backend confirmed that the bytes are gone */
  private async removeBytes(
    { id, storage_ids: storageIds }: ClaimedObject,
    unreachable: Set<string>,
  ): Promise<boolean> {
    for (const storageId of storageIds) {
      try {
        const backend = this.backends.get(storageId);
        if (!backend) throw new Error(`Storage backend ${storageId} is not configured; the row is kept until it is.`);
        if (unreachable.has(storageId)) return false;
        await backend.delete(id);
      } catch (error) {
        unreachable.add(storageId);
        this.logger.warn({ err: error, object: id, storage_backend: storageId }, 'Bytes could not be removed; later.');
        return false;
      }
    }
    return true;
  }

  /** An initialisation object follows the last media object that names it. */
  private async releaseInits(connection: Connection, gone: readonly ClaimedObject[]): Promise<void> {
    const inits = [...new Set(gone.flatMap((object) => object.init_object_id ?? []))];
    if (inits.length === 0) return;
    await this.collection.lock(connection, inits);
    await this.collection.markUnreferencedInits(connection, inits);
  }
}

function idOf(object: ClaimedObject): string {
  return object.id;
}

/** Runs `work` on every item, at most `count` at a time. */
async function inTurns<Item>(
  items: readonly Item[],
  count: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const take = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: count }, take));
}
