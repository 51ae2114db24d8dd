import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration, Database, inBatches, JobQueue } from '@tams/platform';
import { type ListedPage, StorageBackends } from '@tams/storage';
import { metrics } from '@tams/telemetry';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { z } from 'zod';
import { ObjectInstanceRepository, type UnmeasuredInstance } from './instance.repository';

/** The kind of job that measures. */
export const SIZE_JOB = 'object-sizes';

/** Instances of a batch: new objects lie beside each other, so that the more are asked for together the fewer listings tell of them. */
const BATCH = 4000;
/** Fewer instances of a backend than this are asked for one by one; a listing brings up to {@link LISTED}. */
const WORTH_LISTING = 10;
const LISTED = 1000;
/** A run takes no new batch after this long; the next run goes on. */
const RUN_MS = 60_000;
/** Times what a batch took. */
const PAUSE = 1;
const CONCURRENT_CALLS = 8;
/** When an object that is not there is looked for again, in seconds. */
const ABSENT_PAUSE_SECONDS = 600;

/**
 * Learns the sizes of registered objects that did not pass through this server: S3 tells nobody about uploads. The
 * embedded object store notes sizes itself, so here it only catches up on what a crash left out.
 */
@Injectable()
export class SizeSurvey implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly instances: ObjectInstanceRepository,
    private readonly backends: StorageBackends,
    private readonly jobs: JobQueue,
    private readonly configuration: Configuration,
    @InjectPinoLogger('Sizes') private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.jobs.define(SIZE_JOB, {
      schema: z.object({}),
      everySeconds: this.configuration.objectSizeIntervalSeconds,
      stop: { leaves: 'The next run measures what is left; it comes by itself.' },
      handler: (_job, { signal }) => this.measure(signal),
    });
  }

  /** Measures what is due, for a minute at most; leaves out backends that do not answer. */
  async measure(signal: AbortSignal): Promise<void> {
    const reachable = new Set(this.backends.all.map(({ details }) => details.id));
    const batch = async (): Promise<boolean> => {
      if (reachable.size === 0) return false;
      const due = await this.instances.unmeasured(this.database, [...reachable], BATCH);
      await this.measureAll(due, reachable);
      return due.length === BATCH;
    };
    await inBatches(batch, { pause: PAUSE, forMilliseconds: RUN_MS, signal });
  }

  private async measureAll(due: readonly UnmeasuredInstance[], reachable: Set<string>): Promise<void> {
    const absent: UnmeasuredInstance[] = [];
    const single: UnmeasuredInstance[] = [];
    for (const [storageId, instances] of Map.groupBy(due, (instance) => instance.storage_id)) {
      const found = await this.measureListed(storageId, instances.sort(byObjectId), reachable);
      absent.push(...found.absent);
      single.push(...found.unlisted);
    }
    absent.push(...(await this.measureEach(single, reachable)));
    if (absent.length > 0) await this.instances.postponeMeasuring(this.database, absent, ABSENT_PAUSE_SECONDS);
  }

  /**
   * Learns sizes from listings of the backend, as long as one tells those of several objects: new ones lie beside each other.
   * @param instances in the order of their objects' identifiers
   * @returns which bytes are not there, and what is to be asked one by one
   */
  private async measureListed(
    storageId: string,
    instances: readonly UnmeasuredInstance[],
    reachable: Set<string>,
  ): Promise<{ readonly absent: UnmeasuredInstance[]; readonly unlisted: readonly UnmeasuredInstance[] }> {
    const backend = this.backends.get(storageId);
    const absent: UnmeasuredInstance[] = [];
    let waiting = instances;
    while (backend?.listAfter && waiting.length >= WORTH_LISTING) {
      const [first] = waiting;
      // A text that comes before the identifier, with next to nothing in between.
      const before = first?.object_id.slice(0, -1) ?? '';
      const page = await this.told(storageId, reachable, async () => backend.listAfter?.(before, LISTED));
      if (!page) return { absent, unlisted: [] };
      const covered = waiting.filter(({ object_id: id }) => isWithin(page, id));
      const sizes = new Map(page.objects.map(({ objectId, sizeBytes }) => [objectId, sizeBytes]));
      const seen = covered.flatMap(({ id, object_id: objectId }) => {
        const sizeBytes = sizes.get(objectId);
        return sizeBytes === undefined ? [] : [{ id, objectId, sizeBytes }];
      });
      absent.push(...covered.filter(({ object_id: id }) => !sizes.has(id)));
      const firstSeen = await this.instances.recordSizes(this.database, seen);
      if (firstSeen > 0) metrics.objects.series({ stage: 'uploaded' }).add(firstSeen);
      waiting = waiting.slice(covered.length);
      if (covered.length < WORTH_LISTING) break;
    }
    return { absent, unlisted: waiting };
  }

  /** Asks for each, several at a time. @returns those whose bytes are not there */
  private async measureEach(
    instances: readonly UnmeasuredInstance[],
    reachable: Set<string>,
  ): Promise<UnmeasuredInstance[]> {
    const waiting = instances.values();
    const absent: UnmeasuredInstance[] = [];
    const take = async (): Promise<void> => {
      for (const instance of waiting) {
        if (!reachable.has(instance.storage_id)) continue;
        if ((await this.measureOne(instance, reachable)) === 'absent') absent.push(instance);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_CALLS }, take));
    return absent;
  }

  private async measureOne(
    instance: UnmeasuredInstance,
    reachable: Set<string>,
  ): Promise<'measured' | 'absent' | 'unknown'> {
    const { object_id: objectId, storage_id: storageId } = instance;
    const answer = await this.told(storageId, reachable, async () => ({
      stored: await this.backends.get(storageId)?.stat(objectId),
    }));
    if (!answer) return 'unknown';
    if (!answer.stored) return 'absent';
    const first = await this.instances.recordSize(this.database, instance, answer.stored);
    // The first that is seen of an upload that did not come through this server.
    if (first) metrics.objects.series({ stage: 'uploaded' }).add();
    return 'measured';
  }

  /** What a backend says; undefined, and no more asked of it in this run, when it does not answer. */
  private async told<Told>(
    storageId: string,
    reachable: Set<string>,
    ask: () => Promise<Told>,
  ): Promise<Told | undefined> {
    try {
      return await ask();
    } catch (error) {
      reachable.delete(storageId);
      this.logger.warn({ err: error, storage_backend: storageId }, 'A storage backend does not tell sizes; later.');
      return undefined;
    }
  }
}

/** Whether a listing tells of an object, or that it is not there. */
function isWithin({ objects, isTruncated }: ListedPage, objectId: string): boolean {
  const last = objects.at(-1);
  return !isTruncated || (last !== undefined && compareUtf8(objectId, last.objectId) <= 0);
}

/** The order of a bucket's keys. */
function compareUtf8(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function byObjectId(one: UnmeasuredInstance, other: UnmeasuredInstance): number {
  return compareUtf8(one.object_id, other.object_id);
}
