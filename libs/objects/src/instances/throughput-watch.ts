/** How long a source may be slow before it is given up, in milliseconds: a store may pause, a network may hiccup. */
const WINDOW_MILLISECONDS = 60_000;

/** What comes through, and can be ended. */
export interface Watched {
  /** Bytes so far. */
  readonly count: number;
  destroy(error: Error): unknown;
}

/** A source sends so little that it would hold its place among the copies for days. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';

  constructor(least: number) {
    super(`it sends less than ${least} bytes a second (COPY_SOURCE_MIN_BYTES_PER_SECOND)`);
  }
}

/**
 * Ends a stream that comes too slowly: a sender that lets a byte go every few seconds is never silent, and would hold one of
 * the few places that copies have.
 */
export class ThroughputWatch {
  private readonly timer: NodeJS.Timeout;
  private before = 0;

  /** @param least bytes a second, on average of a window */
  constructor(
    private readonly stream: Watched,
    private readonly least: number,
    windowMilliseconds = WINDOW_MILLISECONDS,
  ) {
    this.timer = setInterval(() => {
      this.look(windowMilliseconds);
    }, windowMilliseconds);
    this.timer.unref();
  }

  /** Stops watching. */
  end(): void {
    clearInterval(this.timer);
  }

  private look(windowMilliseconds: number): void {
    const { count } = this.stream;
    const slow = count - this.before < (this.least * windowMilliseconds) / 1000;
    this.before = count;
    if (!slow) return;
    this.end();
    this.stream.destroy(new TooSlowError(this.least));
  }
}
