import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

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

/** Where Debian keeps each version's programs of PostgreSQL. */
const POSTGRES = '/usr/lib/postgresql';

/** A program this test needs. */
export type Program = keyof typeof packages;

/** A host's word on whether packages may start their services; 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Makes sure all programs are there. As root on Debian, missing ones are installed, without starting their services: the
 * test starts them by hand.
 * @throws {Error} saying what to install
 */
export function installPrograms(): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const command = `apt-get install --yes --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    throw new Error(`${missing.join(', ')} are needed (Debian 12 or newer). Run this first, as root: ${command}`);
  }
  console.log(`Installing ${missing.join(', ')} ...`);
  const problem = withoutStartingServices(() => install(missing));
  if (missingPackages().length > 0) throw new Error(`"${command}" failed:\n${problem ?? ''}`);
}

/** Path of a program. @throws {Error} when it is not installed */
export function programPath(program: Program): string {
  const path = installed(program);
  if (!path) throw new Error(`${program} is not on the PATH.`);
  return path;
}

function missingPackages(): string[] {
  const missing = Object.entries(packages).filter(([program]) => !installed(program));
  return [...new Set(missing.map(([, name]) => name))];
}

function installed(program: string): string | undefined {
  // Newest first, and all from one directory; the PATH has Debian's wrappers, which look for a server elsewhere.
  const postgres = existsSync(POSTGRES) ? readdirSync(POSTGRES).toSorted((a, b) => Number(b) - Number(a)) : [];
  return [...postgres.map((version) => join(POSTGRES, version, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)]
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

/** @returns what went wrong, if something did */
function install(names: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1' };
  // Another apt-get may be at work: wait for its lock.
  const patience = ['-o', 'DPkg::Lock::Timeout=120'];
  const aptGet = (...options: string[]) =>
    spawnSync('apt-get', [...patience, ...options], { env, encoding: 'utf8', timeout: 300_000 });
  const attempt = () => aptGet('install', '--yes', '--no-install-recommends', ...names);
  let result = attempt();
  if (result.status !== 0) {
    aptGet('update');
    result = attempt();
  }
  return result.status === 0 ? undefined : `${result.stdout}\n${result.stderr}`.slice(-2000);
}

function withoutStartingServices<Result>(work: () => Result): Result {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(POLICY);
  }
}
