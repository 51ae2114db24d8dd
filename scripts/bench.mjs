// `npm run bench` and `npm run bench:NAME`: builds the server when its sources changed, and runs test/bench/NAME.ts.
import { spawnSync } from 'node:child_process';

const [name = 'bench', ...options] = process.argv.slice(2);
const { status } = spawnSync(process.execPath, ['scripts/build-if-needed.mjs'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
process.argv.splice(2, Infinity, `test/bench/${name}.ts`, ...options);
await import('./run-typescript.mjs');
