import { Readable } from 'node:stream';

/** What a client may leave unread before its stream is ended, in bytes. */
const MOST_UNREAD_BYTES = 512 * 1024;

/** One open stream of server-sent events; a client that does not read is left behind. */
export class InsightStream extends Readable {
  private timer: NodeJS.Timeout | undefined;

  /** @param onClose called once, when it has ended for whatever reason */
  constructor(private readonly onClose: (stream: InsightStream) => void) {
    super({ highWaterMark: 0 });
  }

  /** Sends one event. @param data anything that JSON can say */
  send(event: string, data: unknown): void {
    if (this.destroyed || this.readableEnded) return;
    this.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (this.readableLength > MOST_UNREAD_BYTES) this.destroy();
  }

  /** Ends it in order. */
  finish(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }

  finishAfter(seconds: number): void {
    this.timer = setTimeout(() => {
      this.finish();
    }, seconds * 1000);
    this.timer.unref();
  }

  override _read(): void {
    // Events come when they happen.
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.timer);
    this.onClose(this);
    callback(error);
  }
}
