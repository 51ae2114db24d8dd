import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UNFINISHED, type ClusterDirectory } from './cluster-directory';
import { SUPERUSER } from './databases';
import type { ServerPrograms } from './server-programs';

/**
 * Creates the cluster with initdb: UTF-8, code point order whatever the machine's locales are (an index stays valid
 * when the data directory moves to another machine), data checksums, passwords (SCRAM) for every connection.
 * It is made beside its final place and renamed, so that an interruption at any moment leaves no half cluster.
 */
export async function createCluster(
  directory: ClusterDirectory,
  programs: ServerPrograms,
  options: { password: string; durable: boolean; signal?: AbortSignal | undefined },
): Promise<void> {
  const unfinished = await mkdtemp(join(directory.path, UNFINISHED));
  const passwordFile = `${unfinished}-password`;
  try {
    await writeFile(passwordFile, options.password + '\n', { mode: 0o600, flag: 'wx' });
    if (programs.account) {
      const { uid, gid } = programs.account;
      await chown(unfinished, uid, gid);
      await chown(passwordFile, uid, gid);
    }
    const args = [
      `--pgdata=${programs.pathOf(basename(unfinished))}`,
      `--pwfile=${programs.pathOf(basename(passwordFile))}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      '--no-instructions',
      ...(options.durable ? [] : ['--no-sync']),
    ];
    const what = `The embedded PostgreSQL cluster could not be created in ${directory.path}`;
    await programs.run(what, 'initdb', args, options.signal);
    await directory.adopt(unfinished);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}
