// Builds a project when its compiled entry is missing or older than its sources, so that `npm start`, `npm run ingest` and
// the like are one step. Usage: node scripts/build-if-needed.mjs [project, default tams-api]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const project = process.argv[2] ?? 'tams-api';
const isPage = project === 'tams-console';
const output = isPage ? `dist/apps/${project}/index.html` : `dist/apps/${project}/apps/${project}/src/main.js`;
const inputs = [
  ...[`apps/${project}`, 'package-lock.json', 'tsconfig.json'],
  ...(isPage ? ['libs/timing', 'libs/media'] : ['libs', 'nest-cli.json']),
];
const require = createRequire(import.meta.url);

/** What compiles the project: a program of node_modules and its parameters. */
function compiler() {
  if (!isPage) return [require.resolve('@nestjs/cli/bin/nest.js'), 'build', project];
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
  return [vite, 'build', '--config', `apps/${project}/vite.config.mjs`, '--logLevel', 'warn'];
}

/** Newest modification time (ms since the epoch) below a path; 0 where there is none. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const built = existsSync(output) ? statSync(output).mtimeMs : 0;
if (inputs.some((path) => newest(path) > built)) {
  // Standard output belongs to the program that runs next: `outgest -o -` writes media there.
  console.error(`Building ${project} (once, and again after a change)...`);
  const { status } = spawnSync(process.execPath, compiler(), { stdio: ['ignore', 2, 2] });
  process.exit(status ?? 1);
}
