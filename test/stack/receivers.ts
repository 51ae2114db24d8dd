import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { poll } from './child';

/** An alert as Alertmanager sends it to a webhook. */
export interface SentAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What Alertmanager posts. */
export interface Notification {
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly SentAlert[];
}

/** A local HTTP server that keeps what it is sent. */
export class Receiver {
  private readonly bodies: Buffer[] = [];

  private constructor(
    private readonly server: Server,
    status: number,
  ) {
    server.on('request', (request, response) => {
      void bodyOf(request).then((body) => {
        this.bodies.push(body);
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  /** @param status what it answers */
  static async start(status = 200): Promise<Receiver> {
    const server = createServer();
    // Longer than the pauses between notifications: a connection closed just as it is used again counts as a failure.
    server.keepAliveTimeout = 60_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Receiver(server, status);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether some body has these bytes. */
  received(bytes: Buffer): boolean {
    return this.bodies.some((body) => body.includes(bytes));
  }

  /** Every notification of Alertmanager so far. */
  notifications(): Notification[] {
    return this.bodies.map((body) => JSON.parse(body.toString()) as Notification);
  }

  /** Waits for a firing alert with these labels. */
  arrival(labels: Readonly<Record<string, string>>, milliseconds: number): Promise<SentAlert & { receiver: string }> {
    return poll(`the alert ${JSON.stringify(labels)} at the webhook`, milliseconds, () =>
      Promise.resolve(
        this.notifications()
          .flatMap(({ receiver, alerts }) => alerts.map((alert) => ({ ...alert, receiver })))
          .find(
            (alert) =>
              alert.status === 'firing' &&
              Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
          ),
      ),
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
