// `npm run test:faults -- [--long | --seconds N] [--seed S]`: breaks what is around the built server, and looks whether it holds.
// The crash loop runs for N seconds: 20 unless told otherwise, 600 with --long, which
// also tries what takes minutes to recover. Other arguments go to Jest.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: 'boolean' }, seconds: { type: 'string' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
const seconds = values.seconds ?? (values.long ? '600' : '20');
if (!/^\d+$/.test(seconds) || !/^\d+$/.test(seed)) throw new Error('--seconds and --seed are whole numbers');
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
