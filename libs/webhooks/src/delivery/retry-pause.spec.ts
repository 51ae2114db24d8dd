import { retryPause } from './retry-pause';

const settings = { firstPauseMs: 1000, longestPauseMs: 60_000 };

it('doubles its ceiling with each failure, up to the longest pause', () => {
  const ceilings = [1, 2, 3, 6, 7, 8, 1000].map((failures) => retryPause(failures, undefined, settings, () => 1));
  expect(ceilings).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000]);
});

it('is any part of that ceiling, so that many webhooks do not come at once', () => {
  expect(retryPause(3, undefined, settings, () => 0)).toBe(0);
  expect(retryPause(3, undefined, settings, () => 0.5)).toBe(2000);
});

it('is not shorter than the receiver asks for, within an hour', () => {
  expect(retryPause(1, 5000, settings, () => 0)).toBe(5000);
  expect(retryPause(10, 5000, settings, () => 1)).toBe(60_000);
  expect(retryPause(1, 10 * 3_600_000, settings, () => 0)).toBe(3_600_000);
});
