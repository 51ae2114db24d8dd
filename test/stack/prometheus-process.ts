import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, freePort, startChild } from './child';
import { PrometheusClient } from './prometheus-client';
import { composeFile, ROOT, shippedIn } from './shipped-files';
import { substituted } from './substitutions';

/** Longest a build may take, in milliseconds: longer than scripts/go-programs.mjs gives a step of it, which says more. */
const BUILD_MS = 30 * 60_000;

/** Jobs of the shipped configuration. */
const jobs = ['tams-api', 'prometheus', 'alertmanager', 'node', 'postgres'];

/**
 * Path of a program of another project, built from its Go sources where it is not yet (minutes, once a machine);
 * `undefined`, with the reason on the console, where it cannot be.
 * @param who says which test goes without
 */
export function goProgram(
  name: 'prometheus' | 'helm' | 'jaeger' | 'otelcol' | 'weed',
  who: string,
): string | undefined {
  const built = spawnSync(process.execPath, [join(ROOT, 'scripts/go-programs.mjs'), name], {
    encoding: 'utf8',
    timeout: BUILD_MS,
  });
  const program = new RegExp(`^${name}: (/.+)$`, 'm').exec(built.stdout)?.[1];
  if (program === undefined) console.warn(`${built.stdout.trim()} ${who} is skipped.`);
  return program;
}

/** A Prometheus that runs with the shipped configuration, rules and flags, and looks at one server. */
export interface PrometheusProcess {
  readonly client: PrometheusClient;
  readonly url: string;
  readonly child: Child;
}

/** Where it looks, as `host:port`. */
export interface PrometheusTargets {
  readonly server: string;
  /** Who is told of alerts; nobody without. */
  readonly alertmanager?: string;
}

/** Starts it. @param directory scratch of the test */
export async function startPrometheus(
  program: string,
  directory: string,
  { server, alertmanager }: PrometheusTargets,
): Promise<PrometheusProcess> {
  const source = join(ROOT, 'deploy/prometheus');
  const configuration = join(directory, 'prometheus');
  await mkdir(join(configuration, 'targets'), { recursive: true });
  await cp(join(source, 'rules'), join(configuration, 'rules'), { recursive: true });
  for (const path of ['prometheus.yml', ...shippedIn('deploy/prometheus/rules', '.yml').map((name) => `rules/${name}`)])
    await writeFile(join(configuration, path), substituted(path, await readFile(join(source, path), 'utf8')));
  const addresses: Readonly<Record<string, string | undefined>> = { 'tams-api': server, alertmanager };
  for (const job of jobs)
    await writeFile(
      join(configuration, 'targets', `${job}.yml`),
      `- targets: [${addresses[job] === undefined ? '' : `'${addresses[job]}'`}]\n`,
    );
  const address = `127.0.0.1:${await freePort()}`;
  const flags = (composeFile().services['prometheus']?.command ?? [])
    .filter((flag) => !flag.startsWith('--web.external-url'))
    .map((flag) =>
      flag.replace('/etc/prometheus', configuration).replace('path=/prometheus', `path=${directory}/tsdb`),
    );
  const child = await startChild({
    program,
    arguments: [...flags, `--web.listen-address=${address}`],
    environment: { GRAFANA_URL: 'http://grafana.test:3000', RUNBOOKS_URL: 'http://tams.test/docs/runbooks' },
    readyUrl: `http://${address}/-/ready`,
  });
  const url = `http://${address}`;
  return { client: new PrometheusClient(url), url, child };
}
