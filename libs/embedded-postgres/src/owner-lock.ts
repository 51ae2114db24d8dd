import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedPostgresError, messageOf } from './embedded-postgres.errors';

/** What a refused server tells about the one that holds the lock. */
interface Owner {
  pid: number;
  since: string;
}

/** A lock must not be collected as garbage while its process lives: that would close the file and free it. */
const held = new Set<OwnerLock>();

/**
 * At most one live server per data directory.
 *
 * The lock is a lock of the kernel on a file, so it goes away with its process, `kill -9` included, cannot be mistaken
 * for that of a process with a recycled id, and is seen across containers that share a volume on one machine (where
 * PostgreSQL's own postmaster.pid is blind and two postmasters would destroy the cluster). Node offers such a lock only
 * through SQLite: the file is an empty database on which an exclusive transaction stays open.
 */
export class OwnerLock {
  private constructor(private readonly database: DatabaseSync) {
    held.add(this);
  }

  /** Takes the lock, or fails at once with `owned-elsewhere`. `ownerFile` tells others who holds it. */
  static acquire(lockFile: string, ownerFile: string, dataDirectory: string): OwnerLock {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(lockFile, { timeout: 0 });
      // Nothing is ever written, so there is nothing to roll back and no journal file to leave behind.
      database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
    } catch (error) {
      database?.close();
      if (!isBusy(error)) throw cannotLock(lockFile, error);
      throw new EmbeddedPostgresError(
        'owned-elsewhere',
        `Another TAMS server${describeOwner(ownerFile)} is using ${dataDirectory}. Stop it first, give this one a DATA_DIR ` +
          'of its own, or run both on one PostgreSQL by setting DATABASE_URL.',
        { cause: error },
      );
    }
    const owner: Owner = { pid: process.pid, since: new Date().toISOString() };
    writeFileSync(ownerFile, JSON.stringify(owner) + '\n');
    return new OwnerLock(database);
  }

  /** Gives the lock back; once is enough, more does no harm. */
  release(): void {
    if (held.delete(this)) this.database.close();
  }
}

function cannotLock(lockFile: string, cause: unknown): EmbeddedPostgresError {
  if (/disk is full/.test(messageOf(cause))) {
    const message = `${lockFile} cannot be taken: the disk that holds DATA_DIR is full. Free some space there, or set DATA_DIR to a larger disk.`;
    return new EmbeddedPostgresError('disk-full', message, { cause });
  }
  return new EmbeddedPostgresError(
    'account',
    `${lockFile} cannot be opened for writing (${messageOf(cause)}). Let this user write to DATA_DIR and the files in it ` +
      '(they may belong to root from an earlier start), or set DATA_DIR to another directory.',
    { cause },
  );
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/** Best effort: the owner may be writing the file at this very moment. */
function describeOwner(ownerFile: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(ownerFile, 'utf8')) as Owner;
    return ` (process ${String(pid)}, running since ${since})`;
  } catch {
    return '';
  }
}
