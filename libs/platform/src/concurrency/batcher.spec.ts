import { setTimeout as delay } from 'node:timers/promises';
import { Batcher } from './batcher';

/** Runs that end when they are told to. */
function controlledRuns(most = 100): {
  batcher: Batcher<number, string>;
  runs: { items: readonly number[]; end: (error?: Error) => void }[];
} {
  const runs: { items: readonly number[]; end: (error?: Error) => void }[] = [];
  const batcher = new Batcher<number, string>(
    (items) =>
      new Promise((resolve, reject) => {
        runs.push({
          items,
          end: (error) => {
            if (error) reject(error);
            else resolve(items.join());
          },
        });
      }),
    { most },
  );
  return { batcher, runs };
}

it('begins at once, gathers what comes while it runs, and runs one at a time', async () => {
  const { batcher, runs } = controlledRuns();
  const first = batcher.add(1);
  await delay(0);
  const [second, third] = [batcher.add(2), batcher.add(3)];
  await delay(0);
  expect(runs.map(({ items }) => items)).toEqual([[1]]);
  runs[0]!.end();
  expect(await first).toBe('1');
  await delay(0);
  runs[1]!.end();
  expect([await second, await third]).toEqual(['2,3', '2,3']);
});

it('runs no more than so many items together, and all of them in the end', async () => {
  const { batcher, runs } = controlledRuns(2);
  const results = [1, 2, 3, 4, 5].map((item) => batcher.add(item));
  for (let run = 0; run < 3; run += 1) {
    await delay(0);
    runs[run]!.end();
  }
  expect(await Promise.all(results)).toEqual(['1,2', '1,2', '3,4', '3,4', '5']);
});

it('fails those of the run that failed, and nobody else', async () => {
  const { batcher, runs } = controlledRuns();
  const first = batcher.add(1);
  await delay(0);
  const second = batcher.add(2);
  runs[0]!.end(new Error('the database is away'));
  await expect(first).rejects.toThrow('the database is away');
  await delay(0);
  runs[1]!.end();
  expect(await second).toBe('2');
});

/** Long beside what other work on the machine may hold up. */
const PAUSE_MS = 500;

it('pauses between runs, but not before one that comes later', async () => {
  const started: number[] = [];
  const batcher = new Batcher<number, void>(
    () => {
      started.push(performance.now());
      return Promise.resolve();
    },
    { most: 10, pauseMs: PAUSE_MS },
  );
  await batcher.add(1);
  await batcher.add(2);
  expect(started[1]! - started[0]!).toBeGreaterThanOrEqual(PAUSE_MS - 1);
  await delay(2 * PAUSE_MS);
  const asked = performance.now();
  await batcher.add(3);
  // On a busy machine it may be late, but not by as much as a pause.
  expect(started[2]! - asked).toBeLessThan(PAUSE_MS - 5);
});
