import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { TamsClient } from '../contract/tams-client';

/** How long a process may take to be ready: it compiles the server first, and the machine may have other work. */
const START_PATIENCE_MS = 180_000;

/** The process that the tests run in. What Jest shows as `process` is a copy of it, which hears neither of its end nor of signals. */
const tests = runInThisContext('process') as NodeJS.Process;

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
    endWithTests(child);
    let output = '';
    const keep = (text: Buffer): void => {
      output = (output + text.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    try {
      const url = await readyUrl(child, patience, () => output);
      return new ServerProcess(child, url, () => output);
    } catch (error) {
      // Nobody else knows of it.
      child.kill('SIGKILL');
      throw error;
    }
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

/** Where a server says that it is ready. @throws {Error} with what it said, when it ends or takes longer than it may */
function readyUrl(child: ChildProcess, patience: number, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`The server process is not ready. It said:\n${output()}`));
    }, patience);
    const look = (): void => {
      const ready = /ready at (http:\/\/[^\s"]+)/.exec(output())?.[1];
      if (ready === undefined) return;
      clearTimeout(timer);
      resolve(ready);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`The server process cannot be started: ${error.message}`, { cause: error }));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The server process ended with ${code}. It said:\n${output()}`));
    });
  });
}

/** Has a process end when the tests' own does: a test whose time is over ends nothing that it started. */
function endWithTests(child: ChildProcess): void {
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  // Jest ends a worker by this signal when something keeps it from ending by itself.
  const terminate = (): void => {
    kill();
    if (tests.listenerCount('SIGTERM') === 0) tests.kill(tests.pid, 'SIGTERM');
  };
  tests.once('exit', kill);
  tests.once('SIGTERM', terminate);
  child.once('exit', () => {
    tests.off('exit', kill);
    tests.off('SIGTERM', terminate);
  });
}
