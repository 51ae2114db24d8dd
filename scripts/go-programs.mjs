// Builds programs of other projects that exist as Go sources only, once, for tests: into the user's cache, by version, so that
// every checkout uses the same. Nothing of them becomes part of the product.
//   node scripts/go-programs.mjs [name ...]      builds what is missing; prints where each is
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Parts of the OpenTelemetry Collector, which has no program of its own: its builder writes one with the parts asked for. */
const collectorManifest = join(import.meta.dirname, '../test/stack/otel-collector/manifest.yaml');

/** What is built: module, its pinned version, and the package of the program. */
const programs = {
  prometheus: ['github.com/prometheus/prometheus', 'v0.316.0', 'cmd/prometheus'],
  helm: ['helm.sh/helm/v3', 'v3.22.0', 'cmd/helm'],
  jaeger: ['github.com/jaegertracing/jaeger', 'v1.76.0', 'cmd/jaeger'],
  builder: ['go.opentelemetry.io/collector/cmd/builder', 'v0.165.0', ''],
  otelcol: ['go.opentelemetry.io/collector/otelcol', `v0.165.0-${digestOf(collectorManifest)}`, ''],
  weed: ['github.com/seaweedfs/seaweedfs', 'v0.0.0-20261109003541-7506e5f91cd6', 'weed'],
};

/** Longest one program may take: minutes on a slow machine, and never a build that hangs. */
const BUILD_TIMEOUT_MS = 25 * 60_000;

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tams-test-programs');

/** Where a program is, or will be. */
export function goProgramPath(name) {
  const [, version] = programs[name];
  return join(cache, `${name}-${version}`, name);
}

/** Whether it has been built. */
export function isBuilt(name) {
  return existsSync(goProgramPath(name));
}

/**
 * Builds a program where it is missing.
 * @returns why it is not there; undefined when it is
 */
export function build(name) {
  if (isBuilt(name)) return undefined;
  if (spawnSync('go', ['version']).error) return 'Go is not installed (https://go.dev/dl, or Debian: golang)';
  mkdirSync(cache, { recursive: true });
  // Beside where it ends: a program is there whole or not at all.
  const directory = mkdtempSync(join(cache, `building-${name}-`));
  try {
    for (const [program, ...parameters] of name === 'otelcol' ? collectorSteps() : steps(name)) {
      run(directory, program, parameters);
    }
    mkdirSync(dirname(goProgramPath(name)), { recursive: true });
    renameSync(join(directory, name), goProgramPath(name));
    return undefined;
  } catch (error) {
    return error.message;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const compile = ['go', 'build', '-trimpath', '-ldflags=-s -w', '-o'];

/** A module of its own: `go install` refuses modules that replace others. */
function steps(name) {
  const [module, version, directory] = programs[name];
  const program = directory === '' ? module : `${module}/${directory}`;
  return [
    ['go', 'mod', 'init', `test.local/${name}`],
    ['go', 'get', '-tool', `${program}@${version}`],
    [...compile, name, program],
  ];
}

/**
 * The builder writes the sources; modules are fetched here, because its `go mod tidy` also asks for what only the tests of
 * the parts need, which the proxy does not have in every version.
 */
function collectorSteps() {
  const problem = build('builder');
  if (problem !== undefined) throw new Error(problem);
  const parts = [...readFileSync(collectorManifest, 'utf8').matchAll(/gomod: (\S+) (\S+)$/gm)];
  return [
    [goProgramPath('builder'), '--config', collectorManifest, '--skip-compilation', '--skip-get-modules'],
    ['go', 'mod', 'init', 'test.local/otelcol'],
    ['go', 'get', ...parts.map(([, module, version]) => `${module}@${version}`)],
    [...compile, 'otelcol', './sources'],
  ];
}

/** @throws {Error} with the end of what it said, when it fails */
function run(directory, program, parameters) {
  const { status, stderr, error } = spawnSync('nice', ['-n', '10', program, ...parameters], {
    cwd: directory,
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS,
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  if (status === 0) return;
  const said = error?.message ?? stderr.trim().split('\n').slice(-3).join(' ');
  throw new Error(`${basename(program)} ${parameters[0]} failed: ${said}`);
}

function digestOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}

if (process.argv[1] === import.meta.filename) {
  const named = process.argv.slice(2);
  for (const name of named.length > 0 ? named : Object.keys(programs)) {
    const problem = build(name);
    console.log(problem === undefined ? `${name}: ${goProgramPath(name)}` : `${name}: not built. ${problem}`);
    if (problem !== undefined) process.exitCode = 1;
  }
}
