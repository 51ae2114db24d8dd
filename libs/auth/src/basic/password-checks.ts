import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AuthenticationUnavailableError } from '../auth.errors';

/** Most checks that wait; bcrypt takes about a quarter of a second each, so that a longer queue helps nobody. */
const QUEUE_LENGTH = 32;

/** The worker's file beside this one: JavaScript in the build, TypeScript in tests, which Node reads as it is. */
const WORKER = join(__dirname, extname(__filename) === '.ts' ? 'password-worker.mts' : 'password-worker.mjs');

interface Check {
  readonly password: string;
  readonly hash: string;
  resolve(matches: boolean): void;
  reject(error: Error): void;
}

/**
 * Compares passwords with bcrypt hashes in one thread beside the server: however many arrive, requests go on being
 * answered, and one core at most is busy with them.
 */
export class PasswordChecks {
  private worker: Worker | undefined;
  private closed = false;
  private readonly waiting: Check[] = [];

  /** @throws {AuthenticationUnavailableError} when too many wait already */
  matches(password: string, hash: string): Promise<boolean> {
    if (this.waiting.length >= QUEUE_LENGTH) {
      throw new AuthenticationUnavailableError('Too many passwords wait to be checked; try again shortly.', {
        retryAfterSeconds: 2,
      });
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ password, hash, resolve, reject });
      if (this.waiting.length === 1) this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
    for (const check of this.waiting.splice(0)) check.reject(new Error('The server is stopping.'));
  }

  private next(): void {
    const check = this.waiting[0];
    if (!check || this.closed) return;
    this.worker ??= this.start();
    this.worker.ref();
    this.worker.postMessage({ password: check.password, hash: check.hash });
  }

  private start(): Worker {
    const worker = new Worker(WORKER);
    worker.on('message', (matches: boolean) => {
      this.waiting.shift()?.resolve(matches);
      // An idle worker does not keep a process from ending.
      if (this.waiting.length === 0) worker.unref();
      else this.next();
    });
    worker.on('error', (error) => {
      this.worker = undefined;
      this.waiting.shift()?.reject(error);
    });
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      this.next();
    });
    return worker;
  }
}
