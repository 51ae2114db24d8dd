import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { chmod, chown, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError, systemErrorCode, USE_OWN_POSTGRES } from './embedded-postgres.errors';

/** The operating-system account that PostgreSQL's programs run as when this process is root. */
export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root; these exist nearly everywhere, and the first is made for it. */
const PREFERRED_ACCOUNTS = ['postgres', '_postgres', 'nobody'];

/**
 * The account to run PostgreSQL's programs as, or undefined for "as ourselves" (we are not root).
 * An existing cluster keeps its owner, so that one server can be started as root today and as that user tomorrow.
 */
export function chooseServerAccount(clusterDirectory: string): ServerAccount | undefined {
  const uid = process.getuid?.();
  const owner = statIfPresent(clusterDirectory);
  if (uid !== 0) {
    if (owner && owner.uid !== uid) throw foreignCluster(clusterDirectory, owner.uid);
    return undefined;
  }
  const accounts = namedAccounts();
  if (owner && owner.uid !== 0) {
    const name = accounts.find((account) => account.uid === owner.uid)?.name ?? `uid ${String(owner.uid)}`;
    return { name, uid: owner.uid, gid: owner.gid };
  }
  for (const name of PREFERRED_ACCOUNTS) {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account) return account;
  }
  throw new EmbeddedPostgresError(
    'account',
    'PostgreSQL refuses to run as root, and this machine has neither a user "postgres" nor "nobody" to run it as. ' +
      `Add one (useradd --system postgres), start the server as an ordinary user, ${USE_OWN_POSTGRES}.`,
  );
}

/** Whether `account` may pass through every directory above `path` and enter `path` itself when it is one. */
export function canReach(path: string, account: ServerAccount): boolean {
  const real = realpathSync(path);
  const stats = statSync(real);
  if (stats.isDirectory() && !mayEnter(stats, account)) return false;
  for (let directory = dirname(real); ; directory = dirname(directory)) {
    if (!mayEnter(statSync(directory), account)) return false;
    if (directory === dirname(directory)) return true;
  }
}

/** Lets the account pass through a directory of ours that a strict umask or a careful operator has closed. */
export async function letEnter(account: ServerAccount, directory: string): Promise<void> {
  const stats = await stat(directory);
  if (!mayEnter(stats, account)) await chmod(directory, (stats.mode & 0o7777) | 0o011);
}

/** Gives a directory and everything in it to the account, without following symbolic links out of it. */
export async function giveTo(account: ServerAccount, directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!(await lstat(path)).isSymbolicLink()) await chown(path, account.uid, account.gid);
  }
  await chown(directory, account.uid, account.gid);
}

/** Spawned programs lose every supplementary group, so owner, group and others are all that counts. */
function mayEnter(directory: Stats, account: ServerAccount): boolean {
  const SEARCH = 0o1;
  if (directory.uid === account.uid) return ((directory.mode >> 6) & SEARCH) !== 0;
  if (directory.gid === account.gid) return ((directory.mode >> 3) & SEARCH) !== 0;
  return (directory.mode & SEARCH) !== 0;
}

function namedAccounts(): ServerAccount[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [name, , uid, gid] = line.split(':');
      // Number('') would be root's own id.
      if (!name || !uid || !gid || name.startsWith('#')) return [];
      return [{ name, uid: Number(uid), gid: Number(gid) }];
    })
    .filter(({ uid, gid }) => uid > 0 && gid >= 0);
}

function statIfPresent(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function foreignCluster(clusterDirectory: string, ownerUid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'account',
    `The cluster in ${clusterDirectory} belongs to the user with id ${String(ownerUid)}, probably because the server was ` +
      'once started as root. Start it as root or as that user, give the whole data directory to the present user ' +
      '(sudo chown -R), or set DATA_DIR to another directory.',
  );
}
