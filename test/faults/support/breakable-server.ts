import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';
import { serverFlags } from '../../support/server-flags';
import { ServerProcess } from '../../support/server-process';
import { statusOf } from './status';

/** A built server in a directory, as `npm start` runs it: arguments of Node.js. */
export function builtServer(directory = '.'): readonly string[] {
  return [...serverFlags, join(directory, 'dist/apps/tams-api/apps/tams-api/src/main.js')];
}

/** The built server in a process of its own, always at the same address, to be killed and started again. */
export class BreakableServer {
  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private program: readonly string[],
    private readonly launcher: readonly string[],
    private running: ServerProcess,
    readonly url: string,
  ) {}

  /**
   * @param program another build than this tree's, see {@link builtServer}
   * @param launcher see {@link ServerProcess.start}
   */
  static async start(
    environment: Readonly<Record<string, string>>,
    program = builtServer(),
    launcher: readonly string[] = [],
  ): Promise<BreakableServer> {
    const running = await ServerProcess.start(environment, program, undefined, launcher);
    const { url } = running;
    return new BreakableServer({ ...environment, PORT: new URL(url).port }, program, launcher, running, url);
  }

  get client(): ServerProcess['client'] {
    return this.running.client;
  }

  get pid(): number {
    return this.running.pid;
  }

  /** Resident memory in megabytes (1e6 bytes). */
  get megabytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1e6;
  }

  kill(): Promise<void> {
    return this.running.kill();
  }

  /** Asks it to end in order, and waits until it has. */
  terminate(): Promise<void> {
    return this.running.stop();
  }

  /** Stops its clock: its connections stay, it answers nothing. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Starts it again after its end. @param program the build that it is from now on @param environment settings of this start alone */
  async restart(program = this.program, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = { ...this.environment, ...environment };
    this.running = await ServerProcess.start(settings, program, undefined, this.launcher);
    this.program = program;
  }

  /** Waits until `/readyz` says yes. @returns after how many milliseconds */
  async becomesReady(patienceMs = 60_000): Promise<number> {
    const start = Date.now();
    const ready = (): Promise<number> => statusOf(`${this.url}/readyz`);
    await eventually(ready, (status) => status === 200, { what: 'the server is ready', atMost: patienceMs }).catch(
      (error: unknown) => {
        const { isRunning, output } = this.running;
        throw new Error(`${isRunning ? 'The server runs' : 'The server ended'}; it said:\n${output()}`, {
          cause: error,
        });
      },
    );
    return Date.now() - start;
  }

  stop(): Promise<void> {
    return this.running.kill();
  }
}
