import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TamsClient } from '../contract/tams-client';

/** How long a process may take to be ready: it compiles the server first, and the machine may have other work. */
const START_PATIENCE_MS = 180_000;

/** The server in a process of its own, which can be killed. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** What it has said so far: the last 20,000 characters of its log. */
    readonly output: () => string,
    /** A client that checks the contract. */
    readonly client: TamsClient = new TamsClient(url),
  ) {}

  /**
   * @param environment variables of the server; its port is chosen by the system unless given
   * @param program arguments of Node.js; the server's sources unless given
   * @param patience milliseconds in which it must be ready
   * @param launcher command that starts Node.js as itself, such as one that leads into another network
   */
  static async start(
    environment: Readonly<Record<string, string>>,
    program: readonly string[] = [join(__dirname, 'run-server.cjs')],
    patience = START_PATIENCE_MS,
    launcher: readonly string[] = [],
  ): Promise<ServerProcess> {
    const [command = process.execPath, ...parameters] = [...launcher, process.execPath, ...program];
    const child = spawn(command, parameters, {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        LOG_LEVEL: 'info',
        LOG_FORMAT: 'json',
        DATABASE_POOL_SIZE: '8',
        SHUTDOWN_DRAIN_SECONDS: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`The server process is not ready. It said:\n${output}`));
      }, patience);
      const listen = (text: Buffer): void => {
        output = (output + text.toString()).slice(-20_000);
        const ready = /ready at (http:\/\/[^\s"]+)/.exec(output)?.[1];
        if (ready === undefined) return;
        clearTimeout(timer);
        resolve(ready);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`The server process ended with ${code}. It said:\n${output}`));
      });
    });
    return new ServerProcess(child, url, () => output);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends it without warning, as a crash or a lost machine would. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Asks it to end in order. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}
