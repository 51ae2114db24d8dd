import { inspect } from 'node:util';

/** How long a message may be waited for, in milliseconds: shorter than a test may take, so that the wait is named. */
const PATIENCE_MS = 45_000;

/** One message of a stream. */
export interface StreamMessage {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A client of server-sent events (the `text/event-stream` format of the HTML standard), as far as this server uses it. */
export class EventStreamClient {
  readonly messages: StreamMessage[] = [];
  /** The id a client would send back. */
  lastEventId: string | undefined;
  /** Resolves when the stream has ended, however it did. */
  readonly ended: Promise<void>;
  private readonly waiting = new Set<() => void>();
  private rest = '';

  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    this.ended = this.read(response).catch(() => undefined);
  }

  /** Opens a stream and waits until it is ready. */
  static async open(
    url: string,
    query: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventStreamClient> {
    const abort = new AbortController();
    const address = new URL('/service/events', url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const response = await fetch(address, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`The stream answered ${response.status}: ${await response.text()}`);
    const client = new EventStreamClient(response, abort);
    const isReady = ({ messages }: EventStreamClient): boolean =>
      messages.some(({ event }) => event === 'stream/ready');
    await client.until(isReady);
    return client;
  }

  /** The events it was told of, without what the stream says of itself. */
  get events(): readonly StreamMessage[] {
    return this.messages.filter(({ event }) => !event.startsWith('stream/'));
  }

  /**
   * Waits for something to be so.
   * @throws {Error} with the last messages, when the stream has ended before or it takes too long
   */
  async until(holds: (client: this) => boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, `nothing made it so in ${PATIENCE_MS} ms`);
    });
    const ended = this.ended.then(() => 'the stream has ended');
    try {
      while (!holds(this)) {
        const more = new Promise<undefined>((resolve) => {
          this.waiting.add(() => {
            resolve(undefined);
          });
        });
        const vain = await Promise.race([more, ended, tooLate]);
        if (vain !== undefined && !holds(this))
          throw new Error(
            `In vain: ${vain}; the last messages were ${inspect(this.messages.slice(-10), { depth: 4 })}`,
          );
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      this.rest += decoder.decode(bytes as Uint8Array, { stream: true });
      const blocks = this.rest.split('\n\n');
      this.rest = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    }
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.split(':', 1)[0] ?? '', line.replace(/^[^:]*: ?/, '')]),
    );
    const id = fields.get('id');
    if (id !== undefined) this.lastEventId = id;
    const data = fields.get('data');
    if (data === undefined) return;
    this.messages.push({
      id,
      event: fields.get('event') ?? 'message',
      data: JSON.parse(data) as Record<string, unknown>,
    });
  }
}
