import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './child';
import { shipped } from './shipped-files';

// The script itself with a docker that is a few lines of shell: there is no Docker engine where these tests run.
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tams-start-'));
  for (const name of ['start-observability.sh', 'stop-observability.sh', 'docker-compose.yml', '.env.example'])
    writeFileSync(join(directory, name), shipped(name), { mode: 0o755 });
  mkdirSync(join(directory, 'deploy'));
  writeFileSync(join(directory, 'deploy/env-file.sh'), shipped('deploy/env-file.sh'));
  mkdirSync(join(directory, 'bin'));
  const tools = ['sh', 'sed', 'awk', 'tail', 'dirname', 'grep', 'cat', 'curl', 'sleep', 'ss', 'lsof', 'od', 'tr'];
  for (const tool of tools) {
    const path = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    if (path) symlinkSync(path, join(directory, 'bin', tool));
  }
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Situation {
  readonly arguments?: readonly string[];
  /** Lines of shell that are Docker; without them there is none. */
  readonly docker?: string;
  /** Content of `.env`. */
  readonly settings?: string;
}

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start({ docker, settings, ...situation }: Situation): Promise<Outcome> {
  if (docker !== undefined) writeFileSync(join(directory, 'bin', 'docker'), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
  if (settings !== undefined) writeFileSync(join(directory, '.env'), settings);
  return new Promise((resolve) => {
    execFile(
      join(directory, 'bin', 'sh'),
      ['start-observability.sh', ...(situation.arguments ?? ['--check'])],
      { cwd: directory, env: { PATH: join(directory, 'bin') }, timeout: 30_000 },
      (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

const settings = 'POSTGRES_PASSWORD=secret\n';
const services = ['API', 'GRAFANA', 'PROMETHEUS', 'ALERTMANAGER', 'JAEGER', 'OTLP', 'NODE_EXPORTER'];
/** Nothing of it runs yet. */
const idle = 'exit 0';

it.each([
  ['Docker is missing on a fresh clone', {}, 'Docker is not installed'],
  ['Docker is missing', { settings }, 'Docker is not installed'],
  ['compose is missing', { settings, docker: '[ "$1" != compose ]' }, 'docker-compose-plugin'],
  ['the engine does not answer', { settings, docker: '[ "$1" != info ]' }, 'engine does not answer'],
  ['a setting is wrong', { settings, docker: 'case "$*" in *config*) exit 1 ;; esac' }, '.env has a mistake'],
  [
    'Grafana would have its default password in production',
    { settings: `${settings}TAMS_ENV=production\n`, docker: idle },
    'REFUSED: TAMS_ENV=production with a well-known Grafana password',
  ],
  [
    'PostgreSQL would have the example password in production',
    {
      settings: 'TAMS_ENV=production\nGRAFANA_ADMIN_PASSWORD=long\nPOSTGRES_PASSWORD=tams-development\n',
      docker: idle,
    },
    'REFUSED: TAMS_ENV=production with the example POSTGRES_PASSWORD',
  ],
])('it says so when %s', async (_what, situation, message) => {
  const { status, stderr } = await start(situation);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) as string });
});

describe('with a program on a port', () => {
  let server: Server;
  let port: number;
  const asked: string[] = [];
  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => server.close());

  it('says which port is taken, and which setting chooses another', async () => {
    const { status, stderr } = await start({ settings: `${settings}GRAFANA_PORT=${port}\nAPI_PORT=1\n`, docker: idle });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining(
        `Port ${port} is taken by another program. Stop it, or choose another port: GRAFANA_PORT=... in .env`,
      ) as string,
    });
  });

  it('what runs already is no reason to refuse; it waits for every service and prints where each is', async () => {
    const ports = services.map((name) => `${name}_PORT=${port}\n`).join('');
    const log = join(directory, 'docker.log');
    const { status, stdout, stderr } = await start({
      arguments: [],
      settings: settings + ports,
      docker: `echo "$*" >>${log}\ncase "$*" in *'ps --quiet') echo running ;; esac`,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(asked).toEqual(['/readyz', '/-/ready', '/-/ready', '/metrics', '/', '/api/health']);
    for (const name of ['Grafana', 'Prometheus', 'Jaeger', 'Alertmanager', 'Node Exporter'])
      expect(stdout).toMatch(new RegExp(`^${name} +http://127\\.0\\.0\\.1:${port}`, 'm'));
    expect(stdout).toMatch(new RegExp(`^TAMS API +http://127\\.0\\.0\\.1:${port}/docs .*/metrics .*/health$`, 'm'));
  });
});

it('a fresh clone gets settings of its own: a random password that only its owner may read', async () => {
  const made: string[] = [];
  for (let time = 0; time < 2; time += 1) {
    const { status, stdout } = await start({ docker: 'case "$*" in *"ps --quiet") echo running ;; esac' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Made .env') as string });
    const path = join(directory, '.env');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    made.push(/^POSTGRES_PASSWORD=([0-9a-f]{32})$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '');
    rmSync(path);
  }
  expect(made[0]).toMatch(/./);
  expect(made[1]).not.toBe(made[0]);
});

it('without Docker nothing is written', async () => {
  await start({});
  expect(existsSync(join(directory, '.env'))).toBe(false);
});

it('starts where all is well', async () => {
  const ports: string[] = [];
  for (const name of services) ports.push(`${name}_PORT=${await freePort()}\n`);
  const { status, stderr, stdout } = await start({ settings: [settings, ...ports].join(''), docker: idle });
  expect({ status, stderr, stdout }).toEqual({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('All is well') as string,
  });
});

it('--help explains it; an option that does not exist is refused', async () => {
  const help = await start({ arguments: ['--help'] });
  expect(help).toMatchObject({ status: 0, stderr: '' });
  for (const option of ['--s3', '--only', '--check', '--help']) expect(help.stdout).toContain(option);
  const { status, stderr } = await start({ arguments: ['--hlep'] });
  expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringContaining('no option --hlep') as string });
});

describe('.env is read as docker compose reads it', () => {
  const read = (file: string, name: string): { value: string; isSet: boolean } => {
    writeFileSync(join(directory, '.env'), file);
    const script = '. ./deploy/env-file.sh; env_value "$1"';
    const { stdout, status } = spawnSync('sh', ['-c', script, 'sh', name], { cwd: directory, encoding: 'utf8' });
    return { value: stdout, isSet: status === 0 };
  };

  it.each([
    ['plain', 'NAME=value\n', 'value'],
    ['without an end of line', 'NAME=value', 'value'],
    ['written on Windows', 'OTHER=1\r\nNAME=value\r\n', 'value'],
    ['exported', 'export NAME=value\n', 'value'],
    ['indented, with spaces around', '  NAME = value  \n', 'value'],
    ['commented', 'NAME=value # a comment\n', 'value'],
    ['with a hash inside', 'NAME=a#b\n', 'a#b'],
    ['in double quotes', 'NAME="a # b" # comment\n', 'a # b'],
    ['in double quotes with escapes', 'NAME="q\\"u\\\\o\\$te"\n', 'q"u\\o$te'],
    ['in single quotes', 'NAME=\'a \\n # "b"\'\n', 'a \\n # "b"'],
    ['with an equals sign inside', 'NAME=a=b\n', 'a=b'],
    ['set twice', 'NAME=one\nNAME=two\n', 'two'],
    ['empty', 'NAME=\n', ''],
    ['with a name that only begins alike', 'NAME_LONG=x\nNAME=value\nMY_NAME=y\n', 'value'],
  ])('%s', (_what, file, value) => {
    expect(read(file, 'NAME')).toEqual({ value, isSet: true });
  });

  it('what it does not set, or says in a comment only', () => {
    expect(read('# NAME=value\n#NAME=value\n', 'NAME')).toEqual({ value: '', isSet: false });
  });

  it('a password with a comment behind it is a password all the same', async () => {
    const file =
      'export TAMS_ENV = production # really\r\nGRAFANA_ADMIN_PASSWORD="long"\r\nPOSTGRES_PASSWORD=\'tams-development\'\r\n';
    const { stderr } = await start({ settings: file, docker: idle });
    expect(stderr).toContain('REFUSED: TAMS_ENV=production with the example POSTGRES_PASSWORD');
  });
});
