// SeaweedFS as docker-compose.yml runs it (profile s3), for tests: its command, its entry point and its bucket step, with
// addresses and directories of the test's own, as a child process that ends with this one.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { freePorts } from './free-ports.mjs';
import { build, goProgramPath } from './go-programs.mjs';

const START_TIMEOUT_MILLISECONDS = 120_000;
const COMMAND_TIMEOUT_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 200;
const ROOT = join(import.meta.dirname, '..');

/** SeaweedFS cannot be had here; the message says why. */
export class SeaweedUnavailableError extends Error {
  name = 'SeaweedUnavailableError';
}

/** Builds the program where it is missing. @throws {SeaweedUnavailableError} */
export function installSeaweedfs() {
  const problem = build('weed');
  if (problem !== undefined) throw new SeaweedUnavailableError(`SeaweedFS could not be built. ${problem}`);
}

/**
 * Starts it, with buckets.
 * @param {readonly string[]} buckets names of the buckets that are made as the compose file makes its one
 * @returns {Promise<{ endpoint: string, accessKeyId: string, secretAccessKey: string, stop: () => Promise<void> }>}
 * @throws {SeaweedUnavailableError} with the end of what it said
 */
export async function startSeaweedfs(buckets) {
  const directory = mkdtempSync(join(tmpdir(), `tams-seaweedfs-`));
  const services = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')).services;
  const [s3, master, grpc, ...others] = await freePorts(8);
  const keys = { S3_ACCESS_KEY_ID: 'tams-test', S3_SECRET_ACCESS_KEY: 'a-secret/of+the=test' };
  const environment = {
    ...process.env,
    ...keys,
    HOME: directory,
    PATH: `${dirname(goProgramPath('weed'))}${delimiter}${process.env.PATH ?? ''}`,
    S3_CONFIG: join(directory, 's3.json'),
  };
  const log = join(directory, 'weed.log');
  const output = openSync(log, 'a');
  mkdirSync(join(directory, 'data'));
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'sh', join(ROOT, 'deploy/s3/entrypoint.sh')],
      ...ownAddresses(services.s3.command, join(directory, 'data')),
      ...portOptions(s3, master, grpc, others),
    ],
    { stdio: ['ignore', output, output], env: environment, cwd: directory },
  );
  closeSync(output);
  const stop = () => end(child, directory);
  const failure = (what) =>
    new SeaweedUnavailableError(`SeaweedFS: ${what}\n${readFileSync(log, 'utf8').split('\n').slice(-15).join('\n')}`);
  try {
    // Where the container's health check looks.
    await until(child, `http://127.0.0.1:${master}/cluster/healthz`, failure);
    await until(child, `http://127.0.0.1:${s3}/healthz`, failure);
    for (const bucket of buckets)
      await makeBucket(services['s3-bucket'].command[0], bucket, `127.0.0.1:${master}.${grpc}`, environment, failure);
    return {
      endpoint: `http://127.0.0.1:${s3}`,
      accessKeyId: keys.S3_ACCESS_KEY_ID,
      secretAccessKey: keys.S3_SECRET_ACCESS_KEY,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The command of the compose file on this machine: names of containers are loopback, and its volume is a directory. */
function ownAddresses(command, data) {
  return command.map((option) =>
    option
      .replace('-dir=/data', `-dir=${data}`)
      .replace('-ip=s3', '-ip=127.0.0.1')
      .replace('-ip.bind=0.0.0.0', '-ip.bind=127.0.0.1'),
  );
}

/** Whatever listens listens on a port of its own; the last of two equal options counts. */
function portOptions(s3, master, grpc, others) {
  const names = ['s3.port.grpc', 'volume.port', 'volume.port.grpc', 'filer.port', 'filer.port.grpc'];
  return [
    `-s3.port=${s3}`,
    `-master.port=${master}`,
    `-master.port.grpc=${grpc}`,
    ...names.map((name, index) => `-${name}=${others[index]}`),
  ];
}

/** The bucket step of the compose file. @param master `host:port.gRPC port` */
async function makeBucket(script, bucket, master, environment, failure) {
  const command = script.replaceAll('$$', '$').replace('-master=s3:9333', `-master=${master}`);
  const child = spawn('sh', ['-c', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MILLISECONDS,
    env: { ...environment, S3_BUCKET: bucket },
  });
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  child.stderr.on('data', (bytes) => (said += bytes));
  const status = await new Promise((resolve) => child.once('error', () => resolve(-1)).once('close', resolve));
  if (status !== 0) throw failure(`the bucket ${bucket} was not made: ${said}`);
}

async function until(child, url, failure) {
  for (const deadline = Date.now() + START_TIMEOUT_MILLISECONDS; ; await delay(POLL_MILLISECONDS)) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer?.ok) return;
    if (child.exitCode !== null || child.signalCode !== null) throw failure('it ended while it started');
    if (Date.now() > deadline) throw failure(`${url} did not answer in time`);
  }
}

/** Nothing in a test's store is worth an orderly end. */
async function end(child, directory) {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
