import { GaugeRefresher } from './gauge-refresher';
import { metrics } from './metrics';
import { setLogLevel } from '../logging/logger';

const TICK_MS = 10_000;

let refresher: GaugeRefresher;
beforeAll(() => {
  setLogLevel('silent');
});
beforeEach(() => {
  jest.useFakeTimers();
  refresher = new GaugeRefresher();
});
afterEach(async () => {
  const stopped = refresher.onModuleDestroy();
  // What still runs waits for a timer.
  await jest.runOnlyPendingTimersAsync();
  await stopped;
  jest.useRealTimers();
});

const refreshed = (source: string): number => metrics.gaugesRefreshed.series({ source }).value;

/** A source that takes so many seconds each time, and fails as often as is said. */
function add(name: string, seconds: () => number, fails: () => boolean = () => false): { times: number } {
  const calls = { times: 0 };
  refresher.add({
    name,
    refresh: async () => {
      calls.times += 1;
      await new Promise((resolve) => setTimeout(resolve, seconds() * 1000));
      if (fails()) throw new Error('PostgreSQL does not answer');
    },
  });
  return calls;
}

it('a source that never succeeded says 0, not a time', async () => {
  add(
    'never',
    () => 0,
    () => true,
  );
  refresher.onApplicationBootstrap();
  await jest.advanceTimersByTimeAsync(5 * TICK_MS);
  expect(refreshed('never')).toBe(0);
});

it('a refresh that hung and failed is tried again at the next tick', async () => {
  let paused = true;
  const calls = add(
    'paused',
    () => (paused ? 45 : 0),
    () => paused,
  );
  refresher.onApplicationBootstrap();
  await jest.advanceTimersByTimeAsync(46_000);
  expect(calls.times).toBe(1);
  paused = false;
  await jest.advanceTimersByTimeAsync(TICK_MS);
  expect(refreshed('paused')).toBeGreaterThan(Date.now() / 1000 - 11);
});

it('one that takes long rests in proportion, and at most a minute', async () => {
  const calls = add('slow', () => 20);
  refresher.onApplicationBootstrap();
  await jest.advanceTimersByTimeAsync(10 * 60_000);
  // Begun once a minute: twenty times twenty seconds would have been more than six minutes.
  expect(calls.times).toBeGreaterThanOrEqual(9);
  expect(calls.times).toBeLessThanOrEqual(11);
});

it('one that hangs makes no other old', async () => {
  add('hangs', () => 3_600);
  add('quick', () => 0);
  refresher.onApplicationBootstrap();
  await jest.advanceTimersByTimeAsync(120_000);
  expect(refreshed('hangs')).toBe(0);
  expect(refreshed('quick')).toBeGreaterThan(Date.now() / 1000 - 11);
});
