import { PushedStream } from '@tams/platform';

/** What a client may leave unread before its stream is ended, in bytes. */
const MOST_UNREAD_BYTES = 512 * 1024;

/** One open stream of server-sent events. */
export class InsightStream extends PushedStream {
  /** @param onClose called once, when it has ended for whatever reason */
  constructor(private readonly onClose: (stream: InsightStream) => void) {
    super(MOST_UNREAD_BYTES);
  }

  /** Sends one event. @param data anything that JSON can say */
  tell(event: string, data: unknown): void {
    this.send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  protected released(): void {
    this.onClose(this);
  }
}
