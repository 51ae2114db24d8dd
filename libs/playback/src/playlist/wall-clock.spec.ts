import { isTimeOfDay, taiNow, utcOf } from './wall-clock';

const seconds = (count: number): bigint => BigInt(count) * 1_000_000_000n;
const now = Date.parse('2026-01-05T09:00:00Z');

describe('TAI in UTC', () => {
  it.each([
    // The example of AppNote 0008.
    [seconds(1_694_429_247), '2023-09-11T10:46:50.000Z'],
    // Around the leap second at the end of 2016.
    [seconds(1_483_228_800 + 35), '2016-12-31T23:59:59.000Z'],
    [seconds(1_483_228_800 + 36), '2016-12-31T23:59:59.000Z'],
    [seconds(1_483_228_800 + 37), '2017-01-01T00:00:00.000Z'],
    [seconds(946_684_832) + 123_456_789n, '2000-01-01T00:00:00.123Z'],
  ])('%s is %s', (tai, utc) => {
    expect(utcOf(tai)).toBe(utc);
  });

  it('is told of timelines that can be the time of day', () => {
    expect(
      [0n, seconds(946_684_831), seconds(946_684_832), taiNow(now), taiNow(now) + seconds(86_500)].map((time) =>
        isTimeOfDay(time, now),
      ),
    ).toEqual([false, false, true, true, false]);
  });
});
