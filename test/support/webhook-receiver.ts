import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message of ours as a receiver gets it. */
export interface ReceivedMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body, byte for byte. */
  readonly raw: Buffer;
  readonly body: {
    readonly event_type: string;
    readonly event_timestamp: string;
    readonly event: Readonly<Record<string, unknown>>;
  };
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

/** What a receiver does with a message: answers, never answers, or closes the connection. */
export type Reaction =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'drop';

/** A real HTTP server that takes webhooks, and misbehaves on demand. */
export class WebhookReceiver {
  /** Every message that came, whatever the reaction was. */
  readonly messages: ReceivedMessage[] = [];
  /** Messages that were answered by 2xx. */
  readonly accepted: ReceivedMessage[] = [];
  /** Connections that were made. */
  connections = 0;
  private readonly waiting = new Set<() => void>();
  private readonly seen = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    /** Decides on each message, which it may keep waiting; may be replaced at any time. */
    public react: (message: ReceivedMessage, earlier: number) => Reaction | Promise<Reaction>,
  ) {}

  /** @param react gets each message, and how many came before with the same `webhook-id` */
  static async start(
    react: (message: ReceivedMessage, earlier: number) => Reaction | Promise<Reaction> = () => ({ status: 204 }),
    port = 0,
  ): Promise<WebhookReceiver> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    const receiver = new WebhookReceiver(server, (server.address() as AddressInfo).port, react);
    server.on('connection', () => (receiver.connections += 1));
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const raw = Buffer.concat(parts);
        const body = JSON.parse(raw.toString()) as ReceivedMessage['body'];
        void receiver.take({ path: request.url ?? '', headers: request.headers, raw, body, at: Date.now() }, response);
      });
    });
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ids of the accepted messages, in the order of their first arrival. */
  get acceptedIds(): string[] {
    return [...new Set(this.accepted.map(idOf))];
  }

  /** Waits until the condition holds, which is looked at after each message. */
  async until(condition: () => boolean, what: string, patienceMs = 20_000): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (condition()) finish(resolve);
      };
      const timer = setTimeout(() => {
        finish(() => {
          reject(new Error(`After ${patienceMs} ms still not: ${what} (${this.accepted.length} messages accepted)`));
        });
      }, patienceMs);
      const finish = (then: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        then();
      };
      this.waiting.add(look);
    });
  }

  /** Waits for a number of different accepted events. */
  async accepts(count: number, patienceMs?: number): Promise<ReceivedMessage[]> {
    const seen = new Set<string>();
    let looked = 0;
    const enough = (): boolean => {
      for (; looked < this.accepted.length; looked += 1) seen.add(idOf(this.accepted[looked]!));
      return seen.size >= count;
    };
    await this.until(enough, `${count} events accepted`, patienceMs);
    return this.accepted;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(message: ReceivedMessage, response: ServerResponse): Promise<void> {
    const id = idOf(message);
    const earlier = this.seen.get(id) ?? 0;
    this.seen.set(id, earlier + 1);
    this.messages.push(message);
    const decision = this.react(message, earlier);
    // A message that waits for its answer has come all the same.
    if (decision instanceof Promise) this.lookAgain();
    const reaction = decision instanceof Promise ? await decision : decision;
    if (reaction === 'drop') response.destroy();
    else if (reaction !== 'hang') {
      if (reaction.status >= 200 && reaction.status < 300) this.accepted.push(message);
      response.writeHead(reaction.status, reaction.headers).end(reaction.body);
    }
    this.lookAgain();
  }

  private lookAgain(): void {
    for (const look of this.waiting) look();
  }
}

/** The event's identity, the same however often it is sent. */
export function idOf(message: ReceivedMessage): string {
  return String(message.headers['webhook-id']);
}
