import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  EmbeddedPostgresError,
  explainFailure,
  interrupted,
  messageOf,
  systemErrorCode,
  USE_OWN_POSTGRES,
} from './embedded-postgres.errors';
import { stopWithThisProcess } from './exit-guard';
import type { PostgresBinaries } from './postgres-binaries';
import { canReach, letEnter, type ServerAccount } from './server-account';

/** A PostgreSQL program that was spawned: no stdin, no stdout, its messages on stderr. */
export interface ServerProgram {
  child: ChildProcess;
  stderr: Readable;
  pid: number;
}

/** Descriptor under which the data directory is handed to a program that cannot reach it by its path. */
const DIRECTORY_DESCRIPTOR = 3;

/** Lines of a program's output kept for an error message. */
const LAST_LINES = 40;

/**
 * Runs PostgreSQL's programs as the right account, in a session of their own.
 *
 * When we are root and the account cannot pass through a directory above the data directory (DATA_DIR under /root, mode
 * 0700), the programs get the open directory as a descriptor and name it `/proc/self/fd/3`: Linux follows that link
 * without asking for permission on the directories above, and nothing outside our own directory has to be opened up.
 */
export class ServerPrograms {
  private constructor(
    private readonly binaries: PostgresBinaries,
    readonly account: ServerAccount | undefined,
    private readonly dataDirectory: string,
    private readonly handle: FileHandle | undefined,
  ) {}

  /** Checks that the account can work in `dataDirectory`, which must exist. Call {@link close} when nothing more is to be spawned. */
  static async prepare(
    binaries: PostgresBinaries,
    account: ServerAccount | undefined,
    dataDirectory: string,
  ): Promise<ServerPrograms> {
    if (account) await letEnter(account, dataDirectory);
    if (!account || canReach(dataDirectory, account)) {
      return new ServerPrograms(binaries, account, dataDirectory, undefined);
    }
    if (process.platform !== 'linux') {
      throw new EmbeddedPostgresError(
        'unreachable',
        `PostgreSQL must not run as root, and the user "${account.name}" cannot enter ${dataDirectory}. Start the server as ` +
          `an ordinary user, set DATA_DIR to a directory below ones that every user may enter (chmod a+x), ${USE_OWN_POSTGRES}.`,
      );
    }
    const handle = await open(dataDirectory, constants.O_RDONLY | constants.O_DIRECTORY);
    return new ServerPrograms(binaries, account, dataDirectory, handle);
  }

  /** A file or folder of the data directory, as PostgreSQL's programs must name it. */
  pathOf(name: string): string {
    return join(this.handle ? `/proc/self/fd/${String(DIRECTORY_DESCRIPTOR)}` : this.dataDirectory, name);
  }

  /** Spawns a program and waits until it really runs. It ends with this process, however that ends in an orderly way. */
  async spawn(program: 'postgres' | 'initdb', args: readonly string[]): Promise<ServerProgram> {
    const options: SpawnOptions = {
      // A session of its own: Ctrl-C in a terminal reaches the whole group of this process, and we decide when PostgreSQL stops.
      detached: true,
      cwd: '/',
      // Nothing of ours: PGDATA, PGPORT, LD_* or a locale of the caller must not change what PostgreSQL does.
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' },
      stdio: ['ignore', 'ignore', 'pipe', ...(this.handle ? [this.handle.fd] : [])],
      ...(this.account && { uid: this.account.uid, gid: this.account.gid }),
    };
    let child: ChildProcess;
    try {
      // Some failures are thrown (an account the container does not know), others come as an event.
      child = spawn(join(this.binaries.binDirectory, program), args, options);
      await once(child, 'spawn');
    } catch (error) {
      throw this.cannotRun(program, error);
    }
    if (child.pid === undefined || !child.stderr) throw new Error(`${program} was spawned without a process id`);
    const { pid } = child;
    const end = (): void => {
      if (program === 'postgres') child.kill('SIGINT');
      else killGroup(pid);
    };
    child.once('exit', stopWithThisProcess(end));
    return { child, stderr: child.stderr, pid };
  }

  /** Runs a program to its end. Fails with its last lines, and ends it with everything it started when `signal` aborts. */
  async run(what: string, program: 'initdb', args: readonly string[], signal?: AbortSignal): Promise<void> {
    const { child, stderr, pid } = await this.spawn(program, args);
    let output = '';
    stderr.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-16_000)));
    const endGroup = (): void => {
      killGroup(pid);
    };
    const closed = once(child, 'close');
    signal?.addEventListener('abort', endGroup);
    if (signal?.aborted) endGroup();
    try {
      const [code] = (await closed) as [number | null];
      if (signal?.aborted) throw interrupted();
      if (code !== 0) throw explainFailure(what, output.trimEnd().split('\n').slice(-LAST_LINES));
    } finally {
      signal?.removeEventListener('abort', endGroup);
    }
  }

  /** Lets go of the data directory. Programs that run keep their own handle on it. */
  async close(): Promise<void> {
    await this.handle?.close();
  }

  private cannotRun(program: string, cause: unknown): EmbeddedPostgresError {
    const as = this.account ? ` as the user "${this.account.name}"` : '';
    return new EmbeddedPostgresError(
      'unsupported',
      `${join(this.binaries.binDirectory, program)} could not be started${as} ` +
        `(${messageOf(cause)}). Run "npm ci" again, start the server as an ordinary ` +
        `user, ${USE_OWN_POSTGRES}.`,
      { cause },
    );
  }
}

/** Ends a program and everything it started; it may have ended by itself meanwhile. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
