import { write, writeSync } from 'node:fs';
import { SideChannel, type SideChannelStatus } from '../side-channel';
import { nowText } from './clock-text';

/** Lines are written together from this size on, and at the latest after {@link COLLECTED_MS}. */
const COLLECTED_BYTES = 32 * 1024;
const COLLECTED_MS = 200;
/** Lines that wait for a reader that does not read, or for a disk with room; further ones are lost rather than the server. */
const MAXIMUM_WAITING_BYTES = 8 * 1024 * 1024;
/** How long a writer waits that was told to come back, or that failed. */
const AGAIN_MS = 200;
/** How often the end of the process tries a pipe that is full, and how long it waits in between. */
const LAST_TRIES = 20;
const LAST_WAIT_MS = 10;

/**
 * Writes lines to a file descriptor, many at a time. A disk that is full, a reader that has gone or does not read is noted and
 * never thrown; lines wait and are tried again. pino's own destination ends the process at such an error, and at its end tries
 * for ever.
 */
export class LineWriter {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private lines = '';
  private writing: Buffer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly channel = new SideChannel('log', (lost) => {
    const msg = `The log can be written again; ${lost} lines of it were lost`;
    this.write(`${JSON.stringify({ level: 'warn', time: nowText(), msg, lost_lines: lost })}\n`);
  });

  constructor(private readonly descriptor: number) {
    process.once('exit', () => {
      this.writeLast();
    });
  }

  get status(): SideChannelStatus {
    return this.channel.status;
  }

  /** Takes one line. */
  write(line: string): void {
    if (this.waitingBytes + this.lines.length > MAXIMUM_WAITING_BYTES) {
      if (this.channel.status.problem === undefined) this.channel.failed(new Error('nobody reads it'));
      this.channel.lose();
      return;
    }
    this.lines += line;
    if (this.lines.length >= COLLECTED_BYTES) this.collect();
    if (this.waitingBytes > 0 && this.channel.status.problem === undefined) this.writeNext();
    else this.timer ??= setTimeout(this.onTimer, COLLECTED_MS).unref();
  }

  private readonly onTimer = (): void => {
    this.timer = undefined;
    this.writeNext();
  };

  private collect(): void {
    if (this.lines === '') return;
    const bytes = Buffer.from(this.lines);
    this.lines = '';
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
  }

  private writeNext(): void {
    if (this.writing) return;
    if (this.waiting.length === 0) this.collect();
    this.writing = this.waiting[0];
    if (this.writing) write(this.descriptor, this.writing, this.onWritten);
  }

  private readonly onWritten = (error: NodeJS.ErrnoException | null, count: number): void => {
    this.writing = undefined;
    if (error) {
      if (error.code !== 'EAGAIN') this.channel.failed(error);
      this.timer ??= setTimeout(this.onTimer, AGAIN_MS).unref();
      return;
    }
    this.taken(count);
    this.channel.worked();
    if (this.waiting.length > 0) this.writeNext();
  };

  /** So many bytes of the first piece have left. */
  private taken(count: number): void {
    const [first] = this.waiting;
    if (!first) return;
    this.waitingBytes -= count;
    if (count < first.length) this.waiting[0] = first.subarray(count);
    else this.waiting.shift();
  }

  /** What is left when the process ends. Where that fails there is nowhere left to say so. */
  private writeLast(): void {
    this.collect();
    for (let tries = 0; this.waiting[0] && tries < LAST_TRIES;) {
      try {
        this.taken(writeSync(this.descriptor, this.waiting[0]));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_WAIT_MS);
      }
    }
  }
}
