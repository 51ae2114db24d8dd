import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, explainFailure, interrupted } from './embedded-postgres.errors';
import type { EmbeddedPostgresLog } from './embedded-postgres.types';
import { PostgresLog } from './postgres-log';
import type { ServerProgram, ServerPrograms } from './server-programs';

const READY = 'database system is ready to accept connections';

/** Longest start, in milliseconds: replaying the log after a crash takes its time, hanging forever helps nobody. */
const START_LIMIT = 300_000;

/** How a postmaster is asked to stop, ever less politely, and how long each is given (milliseconds). */
export const STOP_SEQUENCE = [
  { signal: 'SIGINT', name: 'fast', patience: 10_000 },
  { signal: 'SIGQUIT', name: 'immediate', patience: 5_000 },
  { signal: 'SIGKILL', name: 'forced', patience: 5_000 },
] as const;

/** The running PostgreSQL: its first process, which starts and stops all others. */
export class Postmaster {
  private readonly log: PostgresLog;
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;
  private readonly logEnded: Promise<unknown>;
  private stopping: Promise<void> | undefined;
  private onReady: () => void = () => undefined;

  private constructor(
    private readonly program: ServerProgram,
    private readonly report: EmbeddedPostgresLog,
  ) {
    this.child = program.child;
    this.log = new PostgresLog(report);
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    const lines = createInterface({ input: program.stderr });
    this.logEnded = once(lines, 'close');
    lines.on('line', (line) => {
      this.log.accept(line);
      if (line.includes(READY)) this.onReady();
    });
  }

  /** Starts PostgreSQL and waits until it accepts connections; on any failure nothing is left running. */
  static async start(
    programs: ServerPrograms,
    args: readonly string[],
    report: EmbeddedPostgresLog,
    signal?: AbortSignal,
  ): Promise<Postmaster> {
    const postmaster = new Postmaster(await programs.spawn('postgres', args), report);
    try {
      await postmaster.becomesReady(signal);
    } catch (error) {
      await postmaster.stop();
      throw error;
    }
    return postmaster;
  }

  get pid(): number {
    return this.program.pid;
  }

  /** Calls back when PostgreSQL ends without having been stopped. */
  watch(onUnexpectedExit: (error: EmbeddedPostgresError) => void): void {
    void this.exited.then(async () => {
      if (this.stopping) return;
      await this.lastWords();
      const how = this.child.signalCode ?? `exit code ${String(this.child.exitCode)}`;
      onUnexpectedExit(
        new EmbeddedPostgresError(
          'stopped-unexpectedly',
          `The embedded PostgreSQL ended unexpectedly (${how}); its data is safe. ` +
            `PostgreSQL's last lines:\n${this.log.lastLines().join('\n')}`,
        ),
      );
    });
  }

  /** Lets this Node process end while PostgreSQL runs (the exit guard then stops it). */
  unref(): void {
    this.child.unref();
    if (this.program.stderr instanceof Socket) this.program.stderr.unref();
  }

  /** Stops PostgreSQL: open transactions are rolled back, everything is written out. Resolves when it is gone. */
  stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  private async stopInOrder(): Promise<void> {
    this.log.serving = false;
    this.child.ref();
    for (const { signal, name, patience } of STOP_SEQUENCE) {
      if (this.hasExited()) return;
      this.child.kill(signal);
      if (await settlesWithin(this.exited, patience)) return;
      this.report('warn', `PostgreSQL did not stop within ${patience / 1000} s of a ${name} shutdown`, {
        pid: this.pid,
      });
    }
    throw new EmbeddedPostgresError(
      'still-running',
      `PostgreSQL (process ${String(this.pid)}) cannot be stopped: it is probably waiting for a disk that does not answer.`,
    );
  }

  private async becomesReady(signal?: AbortSignal): Promise<void> {
    const ready = new Promise<'ready'>((resolve) => {
      this.onReady = () => {
        resolve('ready');
      };
    });
    const waiting = new AbortController();
    const stopWaiting = (): void => {
      waiting.abort();
    };
    signal?.addEventListener('abort', stopWaiting);
    if (signal?.aborted) stopWaiting();
    try {
      const limit = delay(START_LIMIT, 'limit' as const, { signal: waiting.signal }).catch(() => 'aborted' as const);
      const outcome = await Promise.race([ready, this.exited.then(() => 'exited' as const), limit]);
      if (outcome === 'aborted') throw interrupted();
      if (outcome !== 'ready') throw await this.startFailure(outcome);
      this.log.serving = true;
    } finally {
      waiting.abort();
      signal?.removeEventListener('abort', stopWaiting);
    }
  }

  private async startFailure(outcome: 'exited' | 'limit'): Promise<EmbeddedPostgresError> {
    await this.lastWords();
    const how = outcome === 'limit' ? `was not ready after ${START_LIMIT / 1000} s` : 'ended while starting';
    return explainFailure(`The embedded PostgreSQL ${how}`, this.log.lastLines());
  }

  /** The pipe may hold lines still unread when the process is gone; an orphan may hold it open for longer than we care. */
  private async lastWords(): Promise<void> {
    if (this.hasExited()) await settlesWithin(this.logEnded, 500);
  }

  private hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(milliseconds, false, { signal: timer.signal }).catch(() => false);
  const settled = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return settled;
}
