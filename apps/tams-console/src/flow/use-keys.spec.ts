import { nextSpeed, stepped } from './use-keys';

it('steps from frame to frame, wherever in a frame one is', () => {
  const pal = { numerator: 25, denominator: 1 };
  expect(stepped(41_000_000n, 1n, pal)).toBe(80_000_000n);
  expect(stepped(41_000_000n, -1n, pal)).toBe(0n);
  expect(stepped(0n, 10n, pal)).toBe(400_000_000n);
  expect(stepped(5n, 1n, undefined)).toBe(40_000_005n);
});

it('doubles the speed with each press, up to eight, and turns round at once', () => {
  expect(nextSpeed(1, 1, true)).toBe(1);
  expect(nextSpeed(1, 1, false)).toBe(2);
  expect(nextSpeed(8, 1, false)).toBe(8);
  expect(nextSpeed(4, -1, false)).toBe(-1);
  expect(nextSpeed(-2, -1, false)).toBe(-4);
});
