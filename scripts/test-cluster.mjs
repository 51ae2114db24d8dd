// `npm run test:cluster -- [--long] [--seed S]`: three processes of the built server behind HAProxy, one of them restarted,
// killed, paused and cut off under load. Other arguments go to Jest.
import { spawnSync } from 'node:child_process';
import { readOptions, refuse } from './options.mjs';
import { install, pythonProgramPath } from './python-programs.mjs';
import { recentPgBouncer } from './recent-pgbouncer.mjs';

const usage = `Usage: npm run test:cluster -- [--long] [--seed S] [Jest's arguments]

Three servers behind Debian's HAProxy with the configuration that is shipped (deploy/haproxy), under load.
  --long     each fault ten times, 50 switches of PostgreSQL's primary, and 50 with Patroni (needs root, for networks of its own)
  --seed S   repeats a run's choices`;
const { values, positionals } = readOptions(usage, { long: { type: 'boolean' }, seed: { type: 'string' } });
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
if (!/^\d+$/.test(seed)) refuse('--seed is a whole number', usage);
console.log(`Seed ${seed}.`);

// What cannot be had is gone without: the tests that need it are skipped, and say so.
const environment = { ...process.env, CLUSTER_SEED: seed, CLUSTER_LONG: String(values.long ?? false) };
const run = (script, ...options) =>
  spawnSync(process.execPath, [script, ...options], { stdio: 'inherit', env: environment }).status ?? 1;
const forLong = ['etcd-server', 'postgresql', 'iproute2', 'python3-venv'];
run('scripts/install-test-programs.mjs', 'haproxy', ...(values.long ? forLong : []));
if (values.long) {
  const missing = install('patroni');
  if (missing === undefined) environment.PATRONI_PATH = pythonProgramPath('patroni');
  else console.log(`Going on without Patroni: ${missing}`);
  const { path, problem } = await recentPgBouncer();
  if (path === undefined) console.log(`Going on without a recent PgBouncer: ${problem}`);
  else environment.PGBOUNCER_PATH = path;
}
process.exit(
  run('scripts/build-if-needed.mjs') ||
    run('scripts/jest.mjs', '--config', 'test/cluster/jest.cluster.config.mjs', ...positionals),
);
