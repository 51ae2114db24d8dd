import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A way to a server that can be cut and mended, as networks are. */
export class BreakableLink {
  /** The socket to the target and the one to the client, of each open connection. */
  private readonly connections = new Map<Socket, Socket>();
  private cutOff = false;
  private silent = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** @param host address of this machine at which it is found */
  static async to(url: string, host = '127.0.0.1'): Promise<BreakableLink> {
    const server = createServer();
    const link = new BreakableLink(server, new URL(url));
    server.on('connection', (near) => {
      link.join(near);
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return link;
  }

  /** The target's URL, by way of this link. */
  get url(): string {
    const url = new URL(this.target);
    const { address, port } = this.server.address() as AddressInfo;
    url.hostname = address;
    url.port = String(port);
    return url.href;
  }

  cut(): void {
    this.cutOff = true;
    for (const [far, near] of this.connections) {
      far.destroy();
      near.destroy();
    }
  }

  /** Carries nothing any more and tells neither side, as a network that lost its way does. Connections stay as they are. */
  silence(): void {
    this.silent = true;
    for (const [far, near] of this.connections) {
      far.pause();
      near.pause();
    }
  }

  /** Lets connections through again; those that were silenced go on where they were. */
  mend(): void {
    this.cutOff = false;
    this.silent = false;
    for (const [far, near] of this.connections) {
      far.resume();
      near.resume();
    }
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
    this.silent = false;
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
      this.carry(from, to);
      from.on('error', () => to.destroy());
      // What ends while nothing is carried is not told to the other side.
      from.on('close', () => {
        if (!this.silent) to.destroy();
      });
    }
    if (this.silent) this.silence();
  }

  /** Like a pipe, but for that it stays paused as long as the link is silent. */
  private carry(from: Socket, to: Socket): void {
    from.on('data', (bytes: Buffer) => {
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => {
      if (!this.silent) from.resume();
    });
    from.on('end', () => to.end());
  }
}
