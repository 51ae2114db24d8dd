import { ThroughputWatch, TooSlowError } from './throughput-watch';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function stream() {
  const ended: Error[] = [];
  return { count: 0, ended, destroy: (error: Error) => ended.push(error) };
}

it('ends what sends a byte every few seconds', () => {
  const slow = stream();
  const watch = new ThroughputWatch(slow, 1000, 60_000);
  for (let second = 0; second < 60; second += 5) {
    slow.count += 1;
    jest.advanceTimersByTime(5000);
  }
  expect(slow.ended).toEqual([expect.any(TooSlowError)]);
  watch.end();
});

it('lets pass what pauses, as long as enough comes in each window', () => {
  const bursts = stream();
  const watch = new ThroughputWatch(bursts, 1000, 60_000);
  for (let minute = 0; minute < 10; minute += 1) {
    jest.advanceTimersByTime(59_000);
    bursts.count += 60_000;
    jest.advanceTimersByTime(1000);
  }
  expect(bursts.ended).toEqual([]);
  watch.end();
  jest.advanceTimersByTime(600_000);
  expect(bursts.ended).toEqual([]);
});
