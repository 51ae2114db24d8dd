import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A way to a server that can be cut and mended, as networks are. */
export class BreakableLink {
  /** The socket to the target and the one to the client, of each open connection. */
  private readonly connections = new Map<Socket, Socket>();
  private cutOff = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async to(url: string): Promise<BreakableLink> {
    const server = createServer();
    const link = new BreakableLink(server, new URL(url));
    server.on('connection', (near) => {
      link.join(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  /** The target's URL, by way of this link. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  cut(): void {
    this.cutOff = true;
    for (const [far, near] of this.connections) {
      far.destroy();
      near.destroy();
    }
  }

  mend(): void {
    this.cutOff = false;
  }

  /** Lets each open connection end with the target's next answer: `lastWords` follow in the same packet. */
  endAfterNextAnswer(lastWords: Buffer): void {
    for (const [far, near] of this.connections) {
      far.prependOnceListener('data', () => {
        near.cork();
        process.nextTick(() => near.end(lastWords));
      });
    }
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    if (this.cutOff) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    this.connections.set(far, near);
    far.once('close', () => this.connections.delete(far));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}
