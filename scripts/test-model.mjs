// `npm run test:model -- [--runs N] [--seed S] [--path P]`: random input against the real server.
// N is the number of command sequences of the store's model (default 40); the other properties grow with it.
// A failure prints the seed that repeats it. Other arguments go to Jest, for example the name of one file.
import { spawnSync } from 'node:child_process';
import { readOptions, refuse } from './options.mjs';
import { install, pythonProgramPath } from './python-programs.mjs';

const usage = `Usage: npm run test:model -- [--runs N] [--seed S] [--path P] [Jest's arguments]

Random input against the real server.
  --runs N   command sequences of the store's model (default 40); the other properties grow with it
  --seed S   repeats a run: a failure prints its seed
  --path P   repeats one case of it, as a failure prints it`;
const { values, positionals } = readOptions(usage, {
  runs: { type: 'string' },
  seed: { type: 'string' },
  path: { type: 'string' },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
const runs = values.runs ?? process.env.MODEL_RUNS ?? '40';
if (!/^\d+$/.test(runs) || !/^-?\d+$/.test(seed)) refuse('--runs and --seed are whole numbers', usage);
console.log(`Seed ${seed}, ${runs} runs. To repeat: npm run test:model -- --seed ${seed} --runs ${runs}`);

const missing = install('schemathesis');
if (missing !== undefined) console.log(`Going on without Schemathesis: ${missing}`);
const schemathesis =
  missing === undefined ? { SCHEMATHESIS_PATH: pythonProgramPath('schemathesis') } : { SCHEMATHESIS_MISSING: missing };

const { status } = spawnSync(
  process.execPath,
  ['scripts/jest.mjs', '--config', 'test/model/jest.model.config.mjs', ...positionals],
  {
    stdio: 'inherit',
    env: { ...process.env, MODEL_SEED: seed, MODEL_RUNS: runs, MODEL_PATH: values.path ?? '', ...schemathesis },
  },
);
process.exit(status ?? 1);
