// A real S3 server for tests: Ceph RADOS Gateway on a single-node cluster (one monitor, one OSD on a sparse file), all
// of it in a temporary directory and on free local ports, as child processes that end with this one. No system service
// or configuration is touched.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installPrograms } from './debian-packages.mjs';
import { freePorts } from './free-ports.mjs';

const DIRECTORY_PREFIX = 'tams-rados-gateway-';
const START_TIMEOUT_MILLISECONDS = 120_000;
const COMMAND_TIMEOUT_MILLISECONDS = 30_000;
/** A file system is made by many small writes, each of which waits for the disk. */
const MKFS_TIMEOUT_MILLISECONDS = 90_000;
const POLL_MILLISECONDS = 100;
const STOP_TIMEOUT_MILLISECONDS = 10_000;
/** Largest the sparse file may grow, in bytes; what is not written takes no disk. */
const OSD_BYTES = 20 * 1024 ** 3;

/** Debian packages that bring each program. */
const programs = {
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd',
  radosgw: 'radosgw',
  monmaptool: 'ceph-common',
  ceph: 'ceph-common',
  'radosgw-admin': 'radosgw',
  setpriv: 'util-linux',
};

/** The gateway cannot be had here; the message says what to do. */
export class GatewayUnavailableError extends Error {
  name = 'GatewayUnavailableError';
}

/**
 * Makes sure the programs are there, see `installPrograms`.
 * @throws {PackagesUnavailableError} saying what to install
 */
export function installRadosGateway() {
  return installPrograms(programs);
}

/**
 * Starts a cluster with a gateway and one S3 user.
 * @returns {Promise<{ endpoint: string, accessKeyId: string, secretAccessKey: string, stop: () => Promise<void> }>}
 * @throws {GatewayUnavailableError} with the end of the log of what failed
 */
export async function startRadosGateway() {
  removeAbandonedDirectories();
  const cluster = new Cluster(mkdtempSync(join(tmpdir(), `${DIRECTORY_PREFIX}${process.pid}-`)));
  try {
    return await cluster.start();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Directories of runs that were killed before they could clean up. */
function removeAbandonedDirectories() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(DIRECTORY_PREFIX))) {
    const pid = Number(name.slice(DIRECTORY_PREFIX.length).split('-')[0]);
    if (isRunning(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch (error) {
      if (!['EACCES', 'EPERM'].includes(error.code)) throw error; // Another user's run: not ours to remove.
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

class Cluster {
  daemons = [];
  deadline = Date.now() + START_TIMEOUT_MILLISECONDS;

  constructor(directory) {
    this.directory = directory;
    this.configuration = join(directory, 'ceph.conf');
  }

  async start() {
    const [monitorPort, gatewayPort] = await freePorts(2);
    const osdId = randomUUID();
    const clusterId = randomUUID();
    writeFileSync(this.configuration, this.settings({ clusterId, monitorPort, gatewayPort }));
    for (const name of ['mon', 'osd', 'run']) mkdirSync(join(this.directory, name));

    const map = join(this.directory, 'monmap');
    await this.run(
      'monmaptool',
      '--create',
      '--clobber',
      '--fsid',
      clusterId,
      '--addv',
      'a',
      `[v1:127.0.0.1:${monitorPort}]`,
      map,
    );
    await this.run('ceph-mon', '--mkfs', '--id', 'a', '--monmap', map);
    this.daemon('ceph-mon', '--id', 'a');
    // The monitor refuses the first calls at times.
    await this.untilDone('ceph', 'osd', 'new', osdId, '0');
    await Promise.all([
      this.run('ceph-osd', '--mkfs', '--id', '0', '--osd-uuid', osdId),
      this.untilDone('ceph', 'osd', 'crush', 'add', 'osd.0', '1.0', 'host=localhost', 'root=default'),
    ]);
    this.daemon('ceph-osd', '--id', '0');
    const user = JSON.parse(
      await this.untilDone('radosgw-admin', 'user', 'create', '--uid=tams-test', '--display-name=TAMS tests'),
    );
    this.daemon('radosgw', '--name', 'client.rgw');
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    await this.untilAnswers(endpoint);
    const { access_key: accessKeyId, secret_key: secretAccessKey } = user.keys[0];
    return { endpoint, accessKeyId, secretAccessKey, stop: () => this.stop() };
  }

  /** Kills and removes everything; nothing in a test cluster is worth an orderly end. */
  async stop() {
    const ended = this.daemons.map(
      ({ child }) =>
        child.exitCode !== null || child.signalCode !== null || new Promise((resolve) => child.once('exit', resolve)),
    );
    for (const { child } of this.daemons) child.kill('SIGKILL');
    await Promise.race([Promise.all(ended), delay(STOP_TIMEOUT_MILLISECONDS, undefined, { ref: false })]);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  settings({ clusterId, monitorPort, gatewayPort }) {
    const inside = (name) => join(this.directory, name);
    return `[global]
fsid = ${clusterId}
mon host = [v1:127.0.0.1:${monitorPort}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
keyring = ${inside('keyring')}
run dir = ${inside('run')}
admin socket = ${inside('run')}/$name.$pid.asok
crash dir = ${inside('run')}
log file = ${inside('$name.log')}
mon cluster log file = ${inside('cluster.log')}
mon data = ${inside('mon')}
osd data = ${inside('osd')}
mon allow pool size one = true
mon data avail warn = 1
mon data avail crit = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd crush update on start = false
osd class update on start = false
osd memory target = 939524096
bluestore block size = ${OSD_BYTES}
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw thread pool size = 32
rgw gc max objs = 8
rgw lc max objs = 8
`;
  }

  /** Starts a daemon that dies with this process, even when that is killed. */
  daemon(program, ...options) {
    const log = openSync(join(this.directory, `${program}.out`), 'a');
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, '-f', '-c', this.configuration, ...options], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.daemons.push({ program, child });
  }

  /** Runs a command to its end. @returns what it wrote to its standard output */
  async run(program, ...options) {
    const result = await this.attempt(program, options);
    if (result.status !== 0) throw this.failure(`${program} ${options.join(' ')}`, result.output);
    return result.stdout;
  }

  /** Runs a command until it succeeds or time is up. */
  async untilDone(program, ...options) {
    for (;;) {
      const result = await this.attempt(program, options);
      if (result.status === 0) return result.stdout;
      this.mustGoOn(`${program} ${options.join(' ')}`, result.output);
      await delay(POLL_MILLISECONDS);
    }
  }

  async untilAnswers(endpoint) {
    for (;;) {
      try {
        const answer = await fetch(endpoint, { signal: AbortSignal.timeout(5_000) });
        if (answer.status < 500) return;
        this.mustGoOn(`GET ${endpoint}`, `answered ${answer.status}`);
      } catch (error) {
        if (error instanceof GatewayUnavailableError) throw error;
        this.mustGoOn(`GET ${endpoint}`, String(error.cause ?? error));
      }
      await delay(POLL_MILLISECONDS);
    }
  }

  mustGoOn(what, output) {
    const dead = this.daemons.find(({ child }) => child.exitCode !== null || child.signalCode !== null);
    if (dead) throw this.failure(`${dead.program} ended while "${what}" waited for it`, output);
    if (Date.now() > this.deadline) throw this.failure(`"${what}" did not succeed in time`, output);
  }

  failure(what, output) {
    const logs = readdirSync(this.directory)
      .filter((name) => name.endsWith('.log') || name.endsWith('.out'))
      .map((name) => `--- ${name}\n${tail(readFileSync(join(this.directory, name), 'utf8'))}`);
    return new GatewayUnavailableError(`RADOS Gateway did not start: ${what}\n${tail(output)}\n${logs.join('\n')}`);
  }

  attempt(program, options) {
    const client = program === 'ceph' ? ['--connect-timeout', '5'] : [];
    return new Promise((resolve) => {
      const child = spawn(
        program,
        [...(program === 'monmaptool' ? [] : ['-c', this.configuration]), ...client, ...options],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: options.includes('--mkfs') ? MKFS_TIMEOUT_MILLISECONDS : COMMAND_TIMEOUT_MILLISECONDS,
          killSignal: 'SIGKILL',
        },
      );
      let stdout = '';
      let output = '';
      child.stdout.on('data', (bytes) => ((stdout += bytes), (output += bytes)));
      child.stderr.on('data', (bytes) => (output += bytes));
      child.once('error', (error) => resolve({ status: -1, stdout, output: String(error) }));
      child.once('close', (status) => resolve({ status: status ?? -1, stdout, output }));
    });
  }
}

function tail(text, lines = 15) {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
