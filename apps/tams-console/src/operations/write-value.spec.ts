import { writeMilliseconds, writeValue } from './write-value';

it.each([
  [null, 's', '–'],
  [0.00421, 's', '4.21 ms'],
  [2.5, 's', '2.5 s'],
  [210.44, 'requests/s', '210/s'],
  [3, 'jobs', '3'],
  [0.5, 'seconds/s', '0.5'],
])('%p %s is %s', (value, unit, text) => {
  expect(writeValue(value, unit)).toBe(text);
});

it('durations are given in milliseconds', () => {
  expect([writeMilliseconds(12.34), writeMilliseconds(30_004)]).toEqual(['12.3 ms', '30 s']);
});
