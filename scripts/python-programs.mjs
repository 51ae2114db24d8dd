// Installs programs of other projects that are written in Python, once, for tests: into the user's cache, by version, in an
// environment of their own. Nothing of them becomes part of the product.
//   node scripts/python-programs.mjs      installs what is missing; prints where each is
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * What is installed: each program, the version of the package of its name on PyPI, and which of the package's extras. One that is
 * `shared` is run by other accounts, which cannot look into root's home.
 */
const programs = {
  schemathesis: { version: '4.32.5', extras: '', shared: false },
  patroni: { version: '4.1.5', extras: '[etcd3,psycopg3]', shared: true },
};

const INSTALL_TIMEOUT_MS = 600_000;

/**
 * Where programs for tests are kept.
 * @param shared whether other accounts run them too
 */
export function programCache(shared) {
  if (shared && process.getuid() === 0) return '/var/cache/tams-test-programs';
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tams-test-programs');
}

const cacheOf = (name) => programCache(programs[name].shared);
const directoryOf = (name) => join(cacheOf(name), `${name}-${programs[name].version}`);
/** The system's Python is everybody's; the one on the path may be root's own. */
const pythonOf = (name) => (programs[name].shared && process.getuid() === 0 ? '/usr/bin/python3' : 'python3');
/** Written last: an installation that was interrupted is begun again. */
const markOf = (name) => join(directoryOf(name), 'complete');

/** Where a program is, or will be. */
export function pythonProgramPath(name) {
  return join(directoryOf(name), 'bin', name);
}

/** Whether it has been installed, whole. */
export function isInstalled(name) {
  return existsSync(markOf(name));
}

/**
 * Installs a program where it is missing.
 * @returns why it is not there; undefined when it is
 */
export function install(name) {
  if (isInstalled(name)) return undefined;
  const { version, extras } = programs[name];
  const python = pythonOf(name);
  if (spawnSync(python, ['--version']).status !== 0)
    return 'Python is not installed (Debian: python3 and python3-venv)';
  mkdirSync(cacheOf(name), { recursive: true });
  rmSync(directoryOf(name), { recursive: true, force: true });
  const steps = [
    [python, ['-m', 'venv', directoryOf(name)]],
    [
      join(directoryOf(name), 'bin', 'pip'),
      ['install', '--quiet', '--disable-pip-version-check', `${name}${extras}==${version}`],
    ],
  ];
  const cwd = mkdtempSync(join(cacheOf(name), 'installing-'));
  try {
    for (const [command, parameters] of steps) {
      const { status, stderr, error } = spawnSync(command, parameters, {
        cwd,
        encoding: 'utf8',
        timeout: INSTALL_TIMEOUT_MS,
      });
      if (status !== 0) return `${command} failed: ${error?.message ?? stderr.trim().split('\n').slice(-3).join(' ')}`;
    }
    writeFileSync(markOf(name), '');
    return undefined;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  for (const name of Object.keys(programs)) {
    const problem = install(name);
    console.log(problem === undefined ? `${name}: ${pythonProgramPath(name)}` : `${name}: not installed. ${problem}`);
    if (problem !== undefined) process.exitCode = 1;
  }
}
