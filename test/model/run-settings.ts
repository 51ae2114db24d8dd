import type fc from 'fast-check';

/** Command sequences of the store's model in a run of ordinary length. */
const ORDINARY_RUNS = 40;

/** Sequences asked for by `npm run test:model -- --runs N`. */
const runs = Number(process.env['MODEL_RUNS'] ?? ORDINARY_RUNS);

/**
 * How one property runs: the seed of this run, and a number of cases that grows with `--runs`.
 * @param cases cases in a run of ordinary length
 */
export function settings(cases: number): Pick<fc.Parameters, 'numRuns' | 'seed' | 'path'> {
  const [seed, path] = [process.env['MODEL_SEED'], process.env['MODEL_PATH']];
  return {
    numRuns: Math.max(1, Math.round((cases * runs) / ORDINARY_RUNS)),
    ...(seed && { seed: Number(seed) }),
    ...(path && { path }),
  };
}

/** In a run of ordinary length one in so many values of a fixed list is tried; the seed decides which. */
const ORDINARY_STRIDE = 12;

/** Takes a share of a fixed list that grows with `--runs`: all of it at twelve times the ordinary length. */
export function* share<Value>(values: Iterable<Value>): Generator<Value> {
  const stride = Math.max(1, Math.round((ORDINARY_STRIDE * ORDINARY_RUNS) / runs));
  let index = Math.abs(Number(process.env['MODEL_SEED'] ?? 0)) % stride;
  for (const value of values) {
    if (index % stride === 0) yield value;
    index += 1;
  }
}
