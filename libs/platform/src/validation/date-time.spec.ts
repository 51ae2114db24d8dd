import { dateTime, utcMicroseconds } from './date-time';

it.each([
  ['2026-01-05T09:00:00Z', '2026-01-05T09:00:00.000000Z'],
  ['2026-01-05T09:00:00.5+01:30', '2026-01-05T07:30:00.500000Z'],
  ['2026-01-05T09:00:00.123456789-23:59', '2026-01-06T08:59:00.123456Z'],
  [`2026-01-05T09:00:00.${'1'.repeat(150)}Z`, '2026-01-05T09:00:00.111111Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
  ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.999999Z'],
])('%s is kept as %s', (text, utc) => {
  expect(utcMicroseconds(text)).toBe(utc);
  expect(dateTime.parse(text)).toBe(utc);
});

it.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01', 'x', '', '2026-01-05'])(
  '%s is no time that can be kept',
  (text) => {
    expect(utcMicroseconds(text)).toBeUndefined();
    expect(dateTime.safeParse(text).success).toBe(false);
  },
);
