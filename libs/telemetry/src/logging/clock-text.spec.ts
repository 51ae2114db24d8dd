import { nowText } from './clock-text';

it.each([0, 1, 999, 1000, 59_010, Date.UTC(2026, 1, 28, 23, 59, 59, 999), Date.UTC(2026, 2, 1)])(
  'writes %d as Date does',
  (now) => {
    jest.spyOn(Date, 'now').mockReturnValue(now);
    expect(nowText()).toBe(new Date(now).toISOString());
    jest.restoreAllMocks();
  },
);
