import { inBatches } from './in-batches';

describe('work in batches', () => {
  const { signal } = new AbortController();

  it('goes on until a batch says that nothing is left', async () => {
    let left = 3;
    await inBatches(() => Promise.resolve((left -= 1) > 0), { pause: 0, signal });
    expect(left).toBe(0);
  });

  it('begins no batch after its time', async () => {
    let batches = 0;
    await inBatches(() => Promise.resolve((batches += 1) > 0), { pause: 0, forMilliseconds: 0, signal });
    expect(batches).toBe(0);
  });

  it('ends when it is told to, and does not pause first', async () => {
    const stop = new AbortController();
    const batch = (): Promise<boolean> => {
      stop.abort();
      return Promise.resolve(true);
    };
    const work = inBatches(batch, { pause: 100_000, signal: stop.signal });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });
});
