// `npm run test:faults -- [--long | --seconds N] [--seed S]`: breaks what is around the built server, and looks whether it holds.
// The crash loop runs for N seconds: 20 unless told otherwise, 600 with --long, which
// also tries what takes minutes to recover. Other arguments go to Jest.
import { spawnSync } from 'node:child_process';
import { readOptions, refuse } from './options.mjs';

const usage = `Usage: npm run test:faults -- [--long | --seconds N] [--seed S] [Jest's arguments]

Breaks what is around the built server, and looks whether it holds.
  --seconds N   how long the crash loop runs (default 20)
  --long        600 seconds, and what takes minutes to recover or to watch
  --seed S      repeats a run`;
const { values, positionals } = readOptions(usage, {
  long: { type: 'boolean' },
  seconds: { type: 'string' },
  seed: { type: 'string' },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
const seconds = values.seconds ?? (values.long ? '600' : '20');
if (!/^\d+$/.test(seconds) || !/^\d+$/.test(seed)) refuse('--seconds and --seed are whole numbers', usage);
console.log(`Seed ${seed}, crash loop of ${seconds} s.`);

const run = (script, ...options) =>
  spawnSync(process.execPath, [script, ...options], {
    stdio: 'inherit',
    env: { ...process.env, FAULTS_SEED: seed, FAULTS_SECONDS: seconds, FAULTS_LONG: String(values.long ?? false) },
  }).status ?? 1;
process.exit(
  run('scripts/build-if-needed.mjs') ||
    run('scripts/jest.mjs', '--config', 'test/faults/jest.faults.config.mjs', ...positionals),
);
