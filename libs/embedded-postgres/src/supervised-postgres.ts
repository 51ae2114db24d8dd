import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DiskReserve } from './disk-reserve';
import { EmbeddedPostgres } from './embedded-postgres';
import { messageOf } from './embedded-postgres.errors';
import type { EmbeddedPostgresOptions } from './embedded-postgres.types';
import { type ProcessFigures, readProcessFigures } from './process-figures';

/** Milliseconds before PostgreSQL is started again; twice as long after each start that fails. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** Milliseconds between two looks whether there is room for the reserve again. */
const RESERVE_PAUSE = 60_000;

/**
 * An embedded PostgreSQL that is started again, at the same address, when it ends although nobody stopped it: on a disk
 * that was full, for example. A reserve on that disk is given back first, so that there is room to delete something.
 */
export class SupervisedPostgres {
  private readonly ending = new AbortController();
  private recovering: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: EmbeddedPostgresOptions,
    private readonly reserve: DiskReserve,
    private cluster: EmbeddedPostgres,
  ) {}

  /** @throws EmbeddedPostgresError when the first start fails */
  static async start(options: Omit<EmbeddedPostgresOptions, 'onUnexpectedExit'>): Promise<SupervisedPostgres> {
    const { dataDirectory, log } = options;
    await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
    const reserve = new DiskReserve(dataDirectory, join(dataDirectory, 'reserve'));
    if (await reserve.giveBackIfNeeded()) log('warn', RESERVE_GIVEN_BACK);
    const watched: EmbeddedPostgresOptions = {
      ...options,
      onUnexpectedExit: () => {
        supervised.recovering = supervised.recover();
      },
    };
    const supervised = new SupervisedPostgres(watched, reserve, await EmbeddedPostgres.start(watched));
    await reserve.take();
    void supervised.keepReserve();
    return supervised;
  }

  /** See {@link EmbeddedPostgres.connectionUrl}; it stays the same. */
  get connectionUrl(): string {
    return this.cluster.connectionUrl;
  }

  /** What its processes take of the machine, as {@link readProcessFigures} finds it; another process id is another start. */
  async figures(): Promise<(ProcessFigures & { readonly pid: number }) | undefined> {
    const { pid } = this.cluster;
    const figures = await readProcessFigures(pid);
    return figures && { ...figures, pid };
  }

  /** Stops PostgreSQL, and starts it no more. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.recovering;
    await this.cluster.stop();
  }

  /** What was given back is taken again as soon as there is room. */
  private async keepReserve(): Promise<void> {
    const { signal } = this.ending;
    while (await passes(RESERVE_PAUSE, signal)) {
      await this.reserve.take().catch((error: unknown) => {
        this.options.log('warn', `The reserve on the disk of DATA_DIR cannot be taken: ${messageOf(error)}`);
      });
    }
  }

  private async recover(): Promise<void> {
    const { signal } = this.ending;
    const { log } = this.options;
    for (let pause = FIRST_PAUSE; await passes(pause, signal); pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        // Lets go of the directory, which the next start takes.
        await this.cluster.stop();
        if (await this.reserve.giveBackIfNeeded()) log('warn', RESERVE_GIVEN_BACK);
        this.cluster = await EmbeddedPostgres.start({ ...this.options, port: this.cluster.port, signal });
        await this.reserve.take();
        log('warn', 'The embedded PostgreSQL was started again.');
        return;
      } catch (error) {
        log('error', `The embedded PostgreSQL could not be started again yet: ${messageOf(error)}`);
      }
    }
  }
}

/** Waits, without keeping this process alive. @returns false when it was told to end before */
function passes(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return delay(milliseconds, true, { signal, ref: false }).catch(() => false);
}

const RESERVE_GIVEN_BACK =
  'The disk of DATA_DIR is full: the reserve of the embedded PostgreSQL was given back so that it can start. Delete something, or make the disk larger.';
