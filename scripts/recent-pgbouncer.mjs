// A PgBouncer that can prepare statements in transaction mode (1.21 and newer): this machine's own, or where that is older, one that
// is built once from the sources of Debian 13. For tests alone.
//   node scripts/recent-pgbouncer.mjs      prints where it is
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installPackages, PackagesUnavailableError } from './debian-packages.mjs';
import { programCache } from './python-programs.mjs';

const RELEASE = 'trixie';
const INSTALLED = process.env.PGBOUNCER_PATH ?? '/usr/sbin/pgbouncer';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const TIMEOUT_MS = 600_000;
/** It does not run as root. */
const built = join(programCache(true), `pgbouncer-${RELEASE}/pgbouncer`);

/**
 * Makes sure that it is there.
 * @returns where it is, or why it is not there
 */
export async function recentPgBouncer() {
  if (isRecent(INSTALLED)) return { path: INSTALLED };
  if (isRecent(built)) return { path: built };
  const directory = mkdtempSync(join(tmpdir(), 'tams-pgbouncer-'));
  try {
    await installPackages(['gcc', 'make', 'pkg-config', 'libevent-dev', 'libssl-dev']);
    build(fetchSources(directory));
    return { path: built };
  } catch (error) {
    if (error instanceof PackagesUnavailableError) return { problem: error.message };
    throw error;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function isRecent(program) {
  if (!existsSync(program)) return false;
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

/** Has apt-get fetch them from where this machine's packages come from, beside what it knows already. @returns their directory */
function fetchSources(directory) {
  const origin = run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(ORIGIN)', 'Created-By: Packages'])
    .split('\n')
    .find((line) => line.endsWith(' Debian') && !line.includes('security'));
  if (origin === undefined) throw new PackagesUnavailableError('This machine’s packages are not from Debian.');
  const list = join(directory, 'sources.list');
  writeFileSync(list, `deb-src [signed-by=${KEYRING}] ${origin.split(' ')[0]} ${RELEASE} main\n`);
  for (const path of ['lists/partial', 'cache/archives/partial', 'sources'])
    mkdirSync(join(directory, path), { recursive: true });
  const apart = [`Dir::Etc::sourcelist=${list}`, 'Dir::Etc::sourceparts=-', `Dir::State::lists=${directory}/lists`];
  const options = [...apart, `Dir::Cache=${directory}/cache`, 'APT::Sandbox::User=root'].flatMap((one) => ['-o', one]);
  run('apt-get', [...options, 'update']);
  run('apt-get', [...options, 'source', '--download-only', 'pgbouncer'], directory);
  const archive = readdirSync(directory).find((name) => name.endsWith('.orig.tar.gz'));
  run('tar', ['-xf', join(directory, archive ?? ''), '-C', join(directory, 'sources'), '--strip-components=1']);
  return join(directory, 'sources');
}

function build(sources) {
  run('./configure', ['--without-cares', '--without-pam', '--without-systemd'], sources);
  run('make', ['pgbouncer'], sources);
  mkdirSync(dirname(built), { recursive: true });
  copyFileSync(join(sources, 'pgbouncer'), built);
}

function run(command, parameters, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    cwd,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return stdout;
  throw new PackagesUnavailableError(`${command} ${parameters.at(-1)} failed: ${error?.message ?? stderr.slice(-500)}`);
}

if (process.argv[1] === import.meta.filename) {
  const { path, problem } = await recentPgBouncer();
  console.log(path ?? problem);
  if (problem !== undefined) process.exitCode = 1;
}
