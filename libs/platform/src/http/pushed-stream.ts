import { Readable } from 'node:stream';

/** An answer without an end of its own, written as things happen; a client that does not read is left behind. */
export abstract class PushedStream extends Readable {
  private timer: NodeJS.Timeout | undefined;

  /** @param mostUnreadBytes what a client may leave unread before its stream is ended */
  constructor(private readonly mostUnreadBytes: number) {
    super({ highWaterMark: 0 });
  }

  /** Sends something now. */
  send(text: string | Buffer): void {
    if (this.destroyed || this.readableEnded) return;
    this.push(text);
    // Whoever does not read gets no more memory: the client notices the end, and asks again.
    if (this.readableLength > this.mostUnreadBytes) this.destroy();
  }

  /** It has ended, for whatever reason; called once. */
  protected abstract released(): void;

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
    // What is told comes when it happens.
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.timer);
    this.released();
    callback(error);
  }
}
