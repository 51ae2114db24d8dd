// Builds programs of other projects that exist as Go sources only, once, for tests: into the user's cache, by version, so that
// every checkout uses the same. Nothing of them becomes part of the product.
//   node scripts/go-programs.mjs [name ...]      builds what is missing; prints where each is
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is built: module, its pinned version, and the package of the program. */
const programs = {
  prometheus: ['github.com/prometheus/prometheus', 'v0.316.0', 'cmd/prometheus'],
  helm: ['helm.sh/helm/v3', 'v3.22.0', 'cmd/helm'],
  jaeger: ['github.com/jaegertracing/jaeger', 'v1.76.0', 'cmd/jaeger'],
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
  const [module, version, program] = programs[name];
  mkdirSync(cache, { recursive: true });
  // Beside where it ends: a program is there whole or not at all.
  const directory = mkdtempSync(join(cache, `building-${name}-`));
  const run = (...parameters) =>
    spawnSync('nice', ['-n', '10', 'go', ...parameters], {
      cwd: directory,
      encoding: 'utf8',
      timeout: BUILD_TIMEOUT_MS,
      env: { ...process.env, GOFLAGS: '-mod=mod' },
    });
  try {
    // A module of its own: `go install` refuses modules that replace others.
    for (const parameters of [
      ['mod', 'init', `test.local/${name}`],
      ['get', '-tool', `${module}/${program}@${version}`],
      ['build', '-trimpath', '-ldflags=-s -w', '-o', name, `${module}/${program}`],
    ]) {
      const { status, stderr } = run(...parameters);
      if (status !== 0) return `go ${parameters[0]} failed: ${stderr.trim().split('\n').slice(-3).join(' ')}`;
    }
    mkdirSync(join(cache, `${name}-${version}`), { recursive: true });
    renameSync(join(directory, name), goProgramPath(name));
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const named = process.argv.slice(2);
  for (const name of named.length > 0 ? named : Object.keys(programs)) {
    const problem = build(name);
    console.log(problem === undefined ? `${name}: ${goProgramPath(name)}` : `${name}: not built. ${problem}`);
    if (problem !== undefined) process.exitCode = 1;
  }
}
