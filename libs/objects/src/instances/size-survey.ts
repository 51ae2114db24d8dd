import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration, Database, JobQueue } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import { metrics } from '@tams/telemetry';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { z } from 'zod';
import { ObjectInstanceRepository, type UnmeasuredInstance } from './instance.repository';

/** The kind of job that measures. */
export const SIZE_JOB = 'object-sizes';

const BATCH = 50;
/** A run takes no new batch after this long; the next run goes on. */
const RUN_MS = 60_000;
/** After each batch database and storage are left alone for this many times what it took: clients come first. */
const PAUSE = 4;
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
      handler: (_job, { signal }) => this.measure(signal),
    });
  }

  /** Measures what is due, for a minute at most; leaves out backends that do not answer. */
  async measure(signal: AbortSignal): Promise<void> {
    const reachable = new Set(this.backends.all.map(({ details }) => details.id));
    const end = performance.now() + RUN_MS;
    while (performance.now() < end && reachable.size > 0) {
      signal.throwIfAborted();
      const started = performance.now();
      const due = await this.instances.unmeasured(this.database, [...reachable], BATCH);
      await this.measureAll(due, reachable);
      if (due.length < BATCH) return;
      await delay((performance.now() - started) * PAUSE, undefined, { signal });
    }
  }

  private async measureAll(due: readonly UnmeasuredInstance[], reachable: Set<string>): Promise<void> {
    const waiting = due.values();
    const absent: string[] = [];
    const take = async (): Promise<void> => {
      for (const instance of waiting) {
        if (!reachable.has(instance.storage_id)) continue;
        if ((await this.measureOne(instance, reachable)) === 'absent') absent.push(instance.id);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_CALLS }, take));
    if (absent.length > 0) await this.instances.postponeMeasuring(this.database, absent, ABSENT_PAUSE_SECONDS);
  }

  private async measureOne(
    { id, object_id: objectId, storage_id: storageId }: UnmeasuredInstance,
    reachable: Set<string>,
  ): Promise<'measured' | 'absent' | 'unknown'> {
    try {
      const stored = await this.backends.get(storageId)?.stat(objectId);
      if (!stored) return 'absent';
      const first = await this.instances.recordSize(this.database, id, stored);
      // The first that is seen of an upload that did not come through this server.
      if (first) metrics.objects.series({ stage: 'uploaded' }).add();
      return 'measured';
    } catch (error) {
      reachable.delete(storageId);
      this.logger.warn({ err: error, storage_backend: storageId }, 'A storage backend does not tell sizes; later.');
      return 'unknown';
    }
  }
}
