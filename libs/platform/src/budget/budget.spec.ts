import { Budget } from './budget';

/** Work that goes on until it is told to end. */
function pending(): { readonly work: () => Promise<void>; end: () => void; started: boolean } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const one = {
    started: false,
    work: async (): Promise<void> => {
      one.started = true;
      await promise;
    },
    end: (): void => {
      resolve(undefined);
    },
  };
  return one;
}

it('admits what fits, in order, and one that is too large alone', async () => {
  const budget = new Budget(10);
  const [first, second, huge, small] = [pending(), pending(), pending(), pending()];
  const done = [
    budget.with(6, first.work),
    budget.with(4, second.work),
    budget.with(99, huge.work),
    budget.with(1, small.work),
  ];
  expect([first, second, huge, small].map(({ started }) => started)).toEqual([true, true, false, false]);
  first.end();
  await done[0];
  expect([huge.started, small.started]).toEqual([false, false]);
  second.end();
  await done[1];
  expect([huge.started, small.started]).toEqual([true, false]);
  huge.end();
  await done[2];
  expect(small.started).toBe(true);
  small.end();
  await Promise.all(done);
});

it('frees its room when the work fails', async () => {
  const budget = new Budget(1);
  await expect(budget.with(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(budget.with(1, () => Promise.resolve('yes'))).resolves.toBe('yes');
});

it('refuses what would wait behind too many', async () => {
  const budget = new Budget(1, 1);
  const [first, second] = [pending(), pending()];
  const done = [budget.with(1, first.work), budget.with(1, second.work)];
  await expect(budget.with(1, () => Promise.resolve())).rejects.toMatchObject({
    code: 'server-busy',
    retryAfterSeconds: 1,
  });
  first.end();
  second.end();
  await Promise.all(done);
  await expect(budget.with(1, () => Promise.resolve('yes'))).resolves.toBe('yes');
});
