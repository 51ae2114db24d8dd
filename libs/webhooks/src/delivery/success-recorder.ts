import { Injectable } from '@nestjs/common';
import { Batcher, Database } from '@tams/platform';
import { type MadeAttempt, QueueRepository } from './queue.repository';

/** Most successes written by one statement. */
const MOST_ATTEMPTS = 1000;
/**
 * How long successes gather while a process is busy: each write waits for the disk, as the API's own writes do. A process
 * that dies meanwhile has them delivered again.
 */
const PAUSE_MS = 10;

/** Writes down successful deliveries, those of all webhooks together. */
@Injectable()
export class SuccessRecorder {
  private readonly writes: Batcher<MadeAttempt, void>;

  constructor(database: Database, queues: QueueRepository) {
    this.writes = new Batcher((attempts) => queues.succeed(database, attempts), {
      most: MOST_ATTEMPTS,
      pauseMs: PAUSE_MS,
    });
  }

  /** @returns settles once the success is written, or could not be: the event is then delivered again */
  record(attempt: MadeAttempt): Promise<void> {
    return this.writes.add(attempt);
  }
}
