// Builds when the compiled server is missing or older than its sources, so that `npm start` is one step.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const output = 'dist/apps/tams-api/apps/tams-api/src/main.js';
const inputs = ['apps', 'libs', 'package-lock.json', 'tsconfig.json', 'nest-cli.json'];

/** Newest modification time (ms since the epoch) below a path. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const built = existsSync(output) ? statSync(output).mtimeMs : 0;
if (inputs.some((path) => newest(path) > built)) {
  console.log('Building the server (once, and again after a change)...');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit', shell: true });
  process.exit(status ?? 1);
}
