import { timeOrderedId } from './time-ordered-id';

it('is a UUID of version 7 that sorts by its time', () => {
  const ids = [0, 1, 1_764_500_000_000, 1_764_500_000_001, 2 ** 48 - 1].map((time) => timeOrderedId(time));
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
});

it('is another one each time', () => {
  expect(new Set(Array.from({ length: 1000 }, () => timeOrderedId(5))).size).toBe(1000);
});
