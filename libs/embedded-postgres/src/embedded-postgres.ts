import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { CLUSTER, ClusterDirectory } from './cluster-directory';
import { createCluster } from './create-cluster';
import { clusterUrl, ensureServerDatabase, SERVER_DATABASE, SERVER_ROLE, SUPERUSER } from './databases';
import {
  EmbeddedPostgresError,
  explainSystemError,
  interrupted,
  messageOf,
  USE_OWN_POSTGRES,
} from './embedded-postgres.errors';
import type { EmbeddedPostgresOptions } from './embedded-postgres.types';
import { findFreePort, isFree } from './free-port';
import { clearLeftBehindPostmaster } from './left-behind-postmaster';
import { OwnerLock } from './owner-lock';
import { binariesFor, installedPostgresBinaries, type PostgresBinaries } from './postgres-binaries';
import { postgresArguments } from './postgres-settings';
import { Postmaster } from './postmaster';
import { chooseServerAccount, giveTo } from './server-account';
import { ServerPrograms } from './server-programs';

/** Starts tried when something that passes by itself is in the way (a predecessor not yet gone, a port just taken). */
const START_ATTEMPTS = 4;

/** Milliseconds between two such starts. */
const BEFORE_NEXT_ATTEMPT = 1_000;

/**
 * The private PostgreSQL of a server that was given no `DATABASE_URL`: a real cluster in its data directory, on
 * loopback only, alive from {@link start} to {@link stop}. Ends with this process; outlives it only after `kill -9`,
 * and then the next start clears up.
 */
export class EmbeddedPostgres {
  private constructor(
    /** URL of the server's own database, as the owner of that database. Holds the password: never log it. */
    readonly connectionUrl: string,
    /** URL of the database `postgres` as the superuser. For set-up and tests. Holds the password: never log it. */
    readonly superuserUrl: string,
    /** Port on 127.0.0.1. */
    readonly port: number,
    private readonly postmaster: Postmaster,
    private readonly lock: OwnerLock,
  ) {}

  /**
   * Starts the cluster, creating it first when there is none.
   * @throws EmbeddedPostgresError with the cause and what to do; nothing is left running or locked then.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const directory = new ClusterDirectory(options.dataDirectory);
    let lock: OwnerLock | undefined;
    try {
      await directory.create();
      lock = OwnerLock.acquire(directory.ownerLock, directory.owner, directory.path);
      const { connectionUrl, superuserUrl, port, postmaster } = await startLocked(directory, options);
      return new EmbeddedPostgres(connectionUrl, superuserUrl, port, postmaster, lock);
    } catch (error) {
      lock?.release();
      throw options.signal?.aborted ? interrupted() : explainSystemError(error, directory.path);
    }
  }

  /**
   * URL of the cluster that another process of this machine runs in a data directory; `undefined` when none can be told.
   * For commands that work beside a live server. Holds the password: never log it.
   */
  static async urlOfRunning(dataDirectory: string): Promise<string | undefined> {
    const directory = new ClusterDirectory(dataDirectory);
    const port = await directory.rememberedPort();
    if (port === undefined || (await directory.majorVersion()) === undefined) return undefined;
    return clusterUrl(SERVER_ROLE, await directory.password(), port, SERVER_DATABASE);
  }

  /** Process id of PostgreSQL's first process. */
  get pid(): number {
    return this.postmaster.pid;
  }

  /** Stops PostgreSQL in an orderly way and lets go of the data directory. More calls wait for the same end. */
  async stop(): Promise<void> {
    await this.postmaster.stop();
    this.lock.release();
  }
}

type Started = Pick<EmbeddedPostgres, 'connectionUrl' | 'superuserUrl' | 'port'> & { postmaster: Postmaster };

async function startLocked(directory: ClusterDirectory, options: EmbeddedPostgresOptions): Promise<Started> {
  const { log, signal } = options;
  const account = chooseServerAccount(directory.cluster);
  const binaries = await binariesFor(account, await installedPostgresBinaries(), log);
  const programs = await ServerPrograms.prepare(binaries, account, directory.path);
  try {
    const password = await prepareCluster(directory, programs, binaries, options);
    const { postmaster, port } = await startPostmaster(directory, programs, options);
    try {
      const superuserUrl = clusterUrl(SUPERUSER, password, port, 'postgres');
      await ensureServerDatabase(superuserUrl, password);
      signal?.throwIfAborted();
      await directory.rememberPort(port);
      postmaster.watch((error) => {
        log('error', error.message);
        options.onUnexpectedExit?.(error);
      });
      postmaster.unref();
      log('info', 'The embedded PostgreSQL is ready', { port, dataDirectory: directory.path, pid: postmaster.pid });
      const connectionUrl = clusterUrl(SERVER_ROLE, password, port, SERVER_DATABASE);
      return { connectionUrl, superuserUrl, port, postmaster };
    } catch (error) {
      await postmaster.stop();
      throw error;
    }
  } finally {
    await programs.close();
  }
}

/** Makes sure that there is a cluster which these binaries can run and nobody else does. Returns its password. */
async function prepareCluster(
  directory: ClusterDirectory,
  programs: ServerPrograms,
  binaries: PostgresBinaries,
  options: EmbeddedPostgresOptions,
): Promise<string> {
  const { log, signal, durable = true } = options;
  await directory.removeUnfinished();
  const password = await directory.password();
  const version = await directory.majorVersion();
  const ours = binaries.version.split('.')[0];
  if (version === undefined) {
    log('info', `Creating the embedded PostgreSQL cluster in ${directory.path} (first start only)`);
    await createCluster(directory, programs, { password, durable, signal });
  } else if (version !== ours) {
    throw new EmbeddedPostgresError(
      'cluster-version',
      `The cluster in ${directory.cluster} was made by PostgreSQL ${version}, this server brings PostgreSQL ${String(ours)}. ` +
        'Use the server version that made it, dump it there and restore it here into another DATA_DIR, ' +
        `${USE_OWN_POSTGRES}.`,
    );
  } else if (programs.account && (await stat(directory.cluster)).uid === 0) {
    // A cluster that root copied or restored belongs to root, as which PostgreSQL never runs.
    await giveTo(programs.account, directory.cluster);
  }
  return password;
}

/** Starts PostgreSQL; tries again where the obstacle goes away by itself. */
async function startPostmaster(
  directory: ClusterDirectory,
  programs: ServerPrograms,
  options: EmbeddedPostgresOptions,
): Promise<{ postmaster: Postmaster; port: number }> {
  const { log, signal, durable = true } = options;
  for (let attempt = 1; ; attempt += 1) {
    await clearLeftBehindPostmaster(directory.cluster, log);
    const port = await choosePort(directory, options.port);
    try {
      const args = postgresArguments({ cluster: programs.pathOf(CLUSTER), port, durable });
      return { postmaster: await Postmaster.start(programs, args, log, signal), port };
    } catch (error) {
      if (attempt === START_ATTEMPTS || !passesByItself(error, options.port)) throw error;
      log('warn', 'PostgreSQL could not start yet, trying again', { attempt, reason: messageOf(error) });
      await delay(BEFORE_NEXT_ATTEMPT, undefined, signal && { signal });
    }
  }
}

function passesByItself(error: unknown, requestedPort: number | undefined): boolean {
  if (!(error instanceof EmbeddedPostgresError)) return false;
  return error.code === 'still-running' || (error.code === 'port-taken' && requestedPort === undefined);
}

async function choosePort(directory: ClusterDirectory, requested: number | undefined): Promise<number> {
  if (requested !== undefined) {
    if (await isFree(requested)) return requested;
    throw new EmbeddedPostgresError(
      'port-taken',
      `Port ${String(requested)} of 127.0.0.1, asked for as the embedded PostgreSQL's, is taken or not allowed. ` +
        'Stop the program that uses it, or choose another port (or none: a free one is then found).',
    );
  }
  const remembered = await directory.rememberedPort();
  return remembered !== undefined && (await isFree(remembered)) ? remembered : findFreePort();
}
