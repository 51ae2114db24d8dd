import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Longest a build may take, in milliseconds: nothing else can happen here meanwhile. */
const BUILD_MS = 600_000;

/** Builds the page as `npm start` does: when it is missing or older than its sources. */
export function buildConsole(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build-if-needed.mjs', 'tams-console'], {
    cwd: root,
    encoding: 'utf8',
    timeout: BUILD_MS,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`The console was not built:\n${stderr}`);
}
