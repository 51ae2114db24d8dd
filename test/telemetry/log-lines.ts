import { Writable } from 'node:stream';

/** One parsed line of the log. */
export type LogLine = Record<string, unknown>;

/** Collects log lines in memory; give it to `configureLogging` as destination. */
export class LogLines extends Writable {
  readonly raw: string[] = [];

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.raw.push(...chunk.toString().split('\n').filter(Boolean));
    done();
  }

  /** Every line; throws when one is not JSON. */
  all(): LogLine[] {
    return this.raw.map((line) => JSON.parse(line) as LogLine);
  }

  /** The lines of requests. */
  requests(): LogLine[] {
    return this.all().filter((line) => line['msg'] === 'request');
  }

  clear(): void {
    this.raw.length = 0;
  }
}
