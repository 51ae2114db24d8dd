import { PushedStream } from '@tams/platform';
import type { MessageView } from '@tams/webhooks';
import type { EventFilter } from './event-filter';
import type { StreamPosition } from './stream-position';

/** What a client may leave unread before its stream is ended, in bytes. It comes back and goes on where it was. */
const MOST_UNREAD_BYTES = 1024 * 1024;
/** Messages that may wait while a stream is told of what it missed. */
const MOST_WAITING_MESSAGES = 2000;

/** A message on its way, and the number of its event. */
export interface NumberedMessage {
  readonly sequence: bigint;
  readonly bytes: Buffer;
}

/** What a client wants to see. */
export interface StreamWishes {
  readonly filter: EventFilter;
  readonly view: MessageView;
  /** The same for all that see the same: their messages are written once. */
  readonly viewKey: string;
}

/** One message of the stream (the `text/event-stream` format of the HTML standard). */
export function messageOf(position: StreamPosition, event: string, data: string): Buffer {
  return Buffer.from(`id: ${position.toString()}\nevent: ${event}\ndata: ${data}\n\n`);
}

/** One open stream. It is told of events as they happen, or, while it catches up, keeps them for later. */
export class OpenStream extends PushedStream {
  private waiting: NumberedMessage[] | undefined = [];

  /** @param onClose called once, when it has ended for whatever reason */
  constructor(
    readonly wishes: StreamWishes,
    private readonly onClose: (stream: OpenStream) => void,
  ) {
    super(MOST_UNREAD_BYTES);
  }

  /** An event has just happened. */
  tell(message: NumberedMessage): void {
    if (!this.waiting) this.send(message.bytes);
    else if (this.waiting.length < MOST_WAITING_MESSAGES) this.waiting.push(message);
    else this.destroy();
  }

  /** Whether it is told of events as they happen. */
  get isLive(): boolean {
    return this.waiting === undefined;
  }

  /** It has been told of everything up to a position: what happened meanwhile follows, and from now on each event at once. */
  goLive(known: StreamPosition | undefined): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const { sequence, bytes } of waiting) if (!known?.has(sequence)) this.send(bytes);
  }

  /** Waits until the client has taken what was sent. */
  async drained(): Promise<void> {
    while (!this.destroyed && this.readableLength > 0)
      await new Promise<void>((resolve) => {
        this.onRead = resolve;
      });
  }

  private onRead: (() => void) | undefined;

  override _read(): void {
    this.onRead?.();
    this.onRead = undefined;
  }

  protected released(): void {
    this.waiting = undefined;
    this.onRead?.();
    this.onClose(this);
  }
}
