import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './shipped-files';

/** Programs of the stack and the Debian packages they come in. */
const packages = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  'prometheus-postgres-exporter': 'prometheus-postgres-exporter',
  // A server with its client programs; the embedded PostgreSQL comes without pg_dump.
  initdb: 'postgresql',
  postgres: 'postgresql',
  pg_dump: 'postgresql',
  psql: 'postgresql',
} as const;

/** apt's locks may be held, and the lists of packages be old. */
const INSTALL_TIMEOUT_MS = 600_000;
/** Where Debian keeps each version's programs of PostgreSQL. */
const POSTGRES = '/usr/lib/postgresql';

/** A program this test needs. */
export type Program = keyof typeof packages;

/**
 * Makes sure all programs are there. As root on Debian, missing ones are installed, without starting their services: the
 * test starts them by hand.
 * @throws {Error} saying what to install
 */
export function installPrograms(): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(', ')} ...`);
  const script = join(ROOT, 'scripts/install-test-programs.mjs');
  const { stderr } = spawnSync(process.execPath, [script, ...missing], {
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
  });
  const left = missingPackages();
  if (left.length > 0) throw new Error(`The stack is tested with ${left.join(', ')} (Debian 12 or newer).\n${stderr}`);
}

/** Path of a program. @throws {Error} when it is not installed */
export function programPath(program: Program): string {
  const path = installed(program);
  if (!path) throw new Error(`${program} is not on the PATH.`);
  return path;
}

/** Where the programs of each of Debian's versions of PostgreSQL are that this machine has, newest first. */
export function postgresDirectories(): string[] {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(POSTGRES, version, 'bin'));
}

function missingPackages(): string[] {
  const missing = Object.entries(packages).filter(([program]) => !installed(program));
  return [...new Set(missing.map(([, name]) => name))];
}

function installed(program: string): string | undefined {
  // All from one directory; the PATH has Debian's wrappers, which look for a server elsewhere.
  return [...postgresDirectories(), ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((directory) => join(directory, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
