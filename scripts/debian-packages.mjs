// Installs what tests need of Debian's packages: real servers and a real browser, without starting any service.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const COMMAND_TIMEOUT_MILLISECONDS = 600_000;
/** How long another apt-get or dpkg of this machine may hold its locks. */
const LOCK_PATIENCE_MILLISECONDS = 300_000;
const LOCK_POLL_MILLISECONDS = 2_000;
/** What apt-get says, in any version, when another process is at work. */
const LOCKED = /could not get lock|unable to (acquire|lock)|is another process using it/i;
/** A host's word on whether packages may start their services; 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';

/** The programs cannot be had here; the message says what to do. */
export class PackagesUnavailableError extends Error {
  name = 'PackagesUnavailableError';
}

/**
 * Makes sure that programs are there, see {@link installPackages}.
 * @param {Readonly<Record<string, string>>} programs each program and the Debian package it comes in
 * @throws {PackagesUnavailableError} saying what to install, or what apt-get said
 */
export async function installPrograms(programs) {
  const missing = missingPackages(programs);
  if (missing.length === 0) return;
  await installPackages(missing);
  const still = missingPackages(programs);
  if (still.length > 0) throw new PackagesUnavailableError(`apt-get did not bring what ${still.join(', ')} should.`);
}

/**
 * Installs packages with apt-get, if this is root on Debian. Waits while another process holds apt's locks, and fetches the
 * lists of packages anew when they are out of date.
 * @param {readonly string[]} packages
 * @throws {PackagesUnavailableError} saying what to install, or what apt-get said
 */
export async function installPackages(packages) {
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  const command = `apt-get ${install.join(' ')}`;
  if (!installed('apt-get')) {
    throw new PackagesUnavailableError(`Install ${packages.join(', ')} (on Debian and Ubuntu: ${command}).`);
  }
  if (process.getuid() !== 0) throw new PackagesUnavailableError(`Run this first, as root: ${command}`);
  console.log(`Installing ${packages.join(', ')} ...`);
  const problem = await withoutStartingServices(async () => {
    const first = await aptGet(...install);
    if (first.done) return undefined;
    console.log('apt-get could not install them; fetching the lists of packages and trying once more ...');
    const update = await aptGet('update');
    const second = await aptGet(...install);
    return second.done ? undefined : `${update.done ? '' : `${update.said}\n`}${second.said}`;
  });
  if (problem !== undefined) throw new PackagesUnavailableError(`"${command}" failed:\n${problem}`);
}

/** Runs apt-get as soon as nobody else does. @returns whether it succeeded, and the end of what it said */
async function aptGet(...options) {
  // Packages must not restart services of this machine.
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1' };
  const deadline = Date.now() + LOCK_PATIENCE_MILLISECONDS;
  for (let told = false; ; told = true) {
    const result = spawnSync('apt-get', options, { env, encoding: 'utf8', timeout: COMMAND_TIMEOUT_MILLISECONDS });
    const said = `${result.stdout}\n${result.stderr}${result.error ? `\n${result.error.message}` : ''}`;
    const locked = result.status !== 0 && LOCKED.test(said);
    if (!locked || Date.now() > deadline) return { done: result.status === 0, said: tail(said) };
    if (!told)
      console.log(`Another process holds apt's locks; waiting up to ${LOCK_PATIENCE_MILLISECONDS / 1000} s ...`);
    await delay(LOCK_POLL_MILLISECONDS);
  }
}

async function withoutStartingServices(work) {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

function missingPackages(programs) {
  const missing = Object.entries(programs).filter(([program]) => !installed(program));
  return [...new Set(missing.map(([, debianPackage]) => debianPackage))];
}

function installed(program) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

function tail(text, lines = 15) {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
