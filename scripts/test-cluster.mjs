// `npm run test:cluster -- [--long] [--seed S]`: three processes of the built server behind HAProxy, one of them restarted,
// killed, paused and cut off under load. Other arguments go to Jest.
import { spawnSync } from 'node:child_process';
import { readOptions, refuse } from './options.mjs';

const usage = `Usage: npm run test:cluster -- [--long] [--seed S] [Jest's arguments]

Three servers behind Debian's HAProxy with the configuration that is shipped (deploy/haproxy), under load.
  --long     each fault ten times, 50 switches of PostgreSQL's primary
  --seed S   repeats a run's choices`;
const { values, positionals } = readOptions(usage, { long: { type: 'boolean' }, seed: { type: 'string' } });
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
if (!/^\d+$/.test(seed)) refuse('--seed is a whole number', usage);
console.log(`Seed ${seed}.`);

const run = (script, ...options) =>
  spawnSync(process.execPath, [script, ...options], {
    stdio: 'inherit',
    env: { ...process.env, CLUSTER_SEED: seed, CLUSTER_LONG: String(values.long ?? false) },
  }).status ?? 1;
// Where they cannot be had, the tests that need them are skipped, and say so.
run('scripts/install-test-programs.mjs', 'haproxy');
process.exit(
  run('scripts/build-if-needed.mjs') ||
    run('scripts/jest.mjs', '--config', 'test/cluster/jest.cluster.config.mjs', ...positionals),
);
