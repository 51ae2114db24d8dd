import { Semaphore } from './semaphore';

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
  const semaphore = new Semaphore(10);
  const [first, second, huge, small] = [pending(), pending(), pending(), pending()];
  const done = [
    semaphore.with(6, first.work),
    semaphore.with(4, second.work),
    semaphore.with(99, huge.work),
    semaphore.with(1, small.work),
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
  const semaphore = new Semaphore(1);
  await expect(semaphore.with(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(semaphore.with(1, () => Promise.resolve('yes'))).resolves.toBe('yes');
});

it('refuses what would wait behind too many', async () => {
  const semaphore = new Semaphore(1, 1);
  const [first, second] = [pending(), pending()];
  const done = [semaphore.with(1, first.work), semaphore.with(1, second.work)];
  await expect(semaphore.with(1, () => Promise.resolve())).rejects.toMatchObject({
    code: 'server-busy',
    retryAfterSeconds: 1,
  });
  first.end();
  second.end();
  await Promise.all(done);
  await expect(semaphore.with(1, () => Promise.resolve('yes'))).resolves.toBe('yes');
});

it('lets nobody wait longer than they have patience, and lets those behind them in', async () => {
  const semaphore = new Semaphore(2, Infinity, 20);
  const first = pending();
  const done = semaphore.with(1, first.work);
  const large = semaphore.with(2, () => Promise.resolve('large'));
  const small = semaphore.with(1, () => Promise.resolve('small'));
  await expect(large).rejects.toMatchObject({ code: 'server-busy' });
  await expect(small).resolves.toBe('small');
  first.end();
  await done;
});
