import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { metrics, Work } from '@tams/telemetry';
import { Journal } from './journal/journal';
import { Sampler } from './series/sampler';

const MOST_BYTES = 24 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A request with as many steps as there can be, and facts as long as they can be. */
function work(number: number, outcome: 'success' | 'rejected' | 'error'): void {
  const facts = { route: `/route-${number % 1_000}`, path: `/${'p'.repeat(500)}${number}`, client: '192.0.2.1' };
  const failure = outcome === 'success' ? undefined : `${number} ${'f'.repeat(480)}`;
  const done = new Work('request', { describeWork: () => ({ correlationId: `id-${number}`, facts, failure }) });
  for (let step = 0; step < 80; step += 1) done.endStep(done.step('statement', `SELECT ${number}-${step}`), 'failure');
  done.end(facts.route, { outcome, milliseconds: number, status: 500, problem: 'internal-error' });
}

it('whatever happens, what is remembered stays below 24 MB', () => {
  const before = usedBytes();
  const journal = new Journal();
  const sampler = new Sampler();
  journal.onModuleInit();
  // Routes that no server has: more than are told apart.
  for (let route = 0; route < 1_000; route += 1)
    metrics.httpRequestDuration.series({ method: 'GET', endpoint: `/route-${route}`, outcome: 'success' }).observe(1);
  const withMetrics = usedBytes();
  for (let look = 0; look < 100; look += 1) sampler.look();
  for (let number = 0; number < 6_000; number += 1)
    work(number, (['success', 'rejected', 'error'] as const)[number % 3] ?? 'error');
  const kept = usedBytes() - withMetrics + journal.size.bytes + sampler.series.bytes;
  expect(journal.size.entries).toBeGreaterThan(500);
  expect(journal.size.entries).toBeLessThanOrEqual(600);
  expect(kept).toBeLessThan(MOST_BYTES);
  expect(usedBytes() - before).toBeGreaterThan(journal.size.bytes);
  console.log(`insight: ${(kept / 1024 / 1024).toFixed(1)} MB with ${journal.size.entries} entries of 60 steps`);
  journal.onModuleDestroy();
});
