import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres.errors';
import type { EmbeddedPostgresLog } from './embedded-postgres.types';
import { STOP_SEQUENCE } from './postmaster';

/** No process can have it (Linux ends at 4194304), and PostgreSQL still parses it. */
const NO_PROCESS = '2147483647';

/** Milliseconds between two looks at a process that is not our child. */
const LOOK_AGAIN = 25;

/**
 * Clears the way when the last server ended without stopping its PostgreSQL (`kill -9`, power cut, container restart).
 * The caller must hold the owner lock: whoever left it behind is dead.
 *
 * One still running for this very cluster is stopped and not adopted: a start from scratch has our settings, our log
 * and a child process whose end we notice, and it costs a fraction of a second. One that is gone leaves a
 * `postmaster.pid`; PostgreSQL deals with that itself, unless the id now belongs to another process.
 */
export async function clearLeftBehindPostmaster(cluster: string, log: EmbeddedPostgresLog): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = await readPid(pidFile);
  if (pid === undefined) return;
  if ((await isRunning(pid)) && (await isPostmasterOf(pid, cluster))) {
    log('warn', 'Stopping a PostgreSQL that an earlier server, ended by force, left running on this cluster', { pid });
    await stop(pid, log);
  }
  if (isTaken(pid)) await disownPid(pidFile, pid, log);
}

async function readPid(pidFile: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A postmaster works inside its data directory; the directory is compared, not its path, which may have several names. */
async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    try {
      const [itsDirectory, ours] = await Promise.all([stat(`/proc/${String(pid)}/cwd`), stat(cluster)]);
      return itsDirectory.dev === ours.dev && itsDirectory.ino === ours.ino;
    } catch (error) {
      // Another account's process, or gone: not ours, because ours runs under an account we control.
      if (['EACCES', 'EPERM', 'ENOENT', 'ESRCH'].includes(systemErrorCode(error) ?? '')) return false;
      throw error;
    }
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes(cluster);
}

async function stop(pid: number, log: EmbeddedPostgresLog): Promise<void> {
  for (const { signal, name, patience } of STOP_SEQUENCE) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (systemErrorCode(error) === 'ESRCH') return;
      throw error;
    }
    for (let waited = 0; waited < patience; waited += LOOK_AGAIN) {
      if (!(await isRunning(pid))) return;
      await delay(LOOK_AGAIN);
    }
    log('warn', `The PostgreSQL left running did not stop within ${patience / 1000} s of a ${name} shutdown`, { pid });
  }
  throw new EmbeddedPostgresError(
    'still-running',
    `The PostgreSQL left running by an earlier server (process ${String(pid)}) cannot be stopped: it is probably waiting ` +
      'for a disk that does not answer. End it, then start again.',
  );
}

/** Whether any process has this id, finished ones that nobody has collected included: the test that PostgreSQL makes. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/** Whether the process runs: in a container whose first process collects nobody, ended ones keep their id for ever. */
async function isRunning(pid: number): Promise<boolean> {
  if (!isTaken(pid)) return false;
  if (process.platform !== 'linux') return true;
  const status = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  const state = status?.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3);
  return state !== 'Z' && state !== 'X';
}

/**
 * The id in a stale `postmaster.pid` belongs to an unrelated process (container ids start over): PostgreSQL would take
 * that for its predecessor and refuse. Only the id is replaced: the rest lets PostgreSQL check for itself that no
 * orphaned process is still attached to the cluster's shared memory.
 */
async function disownPid(pidFile: string, pid: number, log: EmbeddedPostgresLog): Promise<void> {
  let content: string;
  try {
    content = await readFile(pidFile, 'utf8');
  } catch (error) {
    // The postmaster just stopped has removed it.
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  log('info', 'The lock file postmaster.pid is stale: its process id belongs to another program now', { pid });
  await writeFile(pidFile, content.replace(/^\d+/, NO_PROCESS));
}
