import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TamsClient } from '../contract/tams-client';

/** A server in a process of its own, which can be killed as a crash or a power failure would. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly client: TamsClient,
  ) {}

  /** Starts one and waits until it answers. @param environment its settings; DATABASE_URL and DATA_DIR among them */
  static async start(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const child = spawn(process.execPath, [join(__dirname, 'run-server.cjs')], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        LOG_LEVEL: 'silent',
        LOG_FORMAT: 'json',
        DATABASE_POOL_SIZE: '8',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(child, new TamsClient(await addressOf(child)));
  }

  /** Ends it without a word. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

/** Reads the address out of what the server prints when it is ready. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const read = (text: Buffer): void => {
      printed += text.toString();
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject).once('exit', (code, signal) => {
      reject(new Error(`The server ended (${signal ?? code}) before it was ready:\n${printed}`));
    });
  });
}
