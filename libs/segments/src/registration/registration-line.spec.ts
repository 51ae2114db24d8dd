import { AsyncLocalStorage } from 'node:async_hooks';
import { type Principal, withPrincipal } from '@tams/auth';
import { BadRequestError, UnavailableError } from '@tams/platform';
import { RegistrationLine } from './registration-line';
import type { SegmentItem } from './segment-batch.schema';

const principal = (id: string): Principal => ({
  id,
  name: id,
  scopes: new Set(['write']),
  groups: [],
  isAdmin: false,
  method: 'basic',
});
const item = (name: string): SegmentItem => ({ segment: { object_id: name } as never });
const nameOf = ({ segment }: SegmentItem): string => segment?.object_id ?? '';

/** A line whose first transaction goes on until it is let go, so that others have to wait. */
function blockedLine(registering: (names: string[]) => void = () => undefined) {
  const transactions: string[][] = [];
  const { promise: gate, resolve } = Promise.withResolvers<unknown>();
  const letGo = (): void => {
    resolve(undefined);
  };
  const line = new RegistrationLine(async (_flowId, items) => {
    transactions.push(items.map(nameOf));
    if (transactions.length === 1) await gate;
    registering(items.map(nameOf));
    return new Map();
  });
  return { line, transactions, letGo };
}

describe('requests that write one Flow', () => {
  it('share the next transaction while they wait', async () => {
    const { line, transactions, letGo } = blockedLine();
    const all = ['a', 'b', 'c', 'd'].map((name) => line.register('flow', [item(name)], 'http://here'));
    letGo();
    await Promise.all(all);
    expect(transactions[0]![0]).toBe('a');
    expect(transactions.flat()).toEqual(['a', 'b', 'c', 'd']);
    expect(transactions.length).toBeLessThanOrEqual(2);
  });

  it('are answered a few at a time, so that other work of the process comes in between', async () => {
    const { line, transactions, letGo } = blockedLine();
    const first = line.register('flow', [item('first')], 'http://here');
    await new Promise(setImmediate);
    const happened: string[] = [];
    const others = Array.from({ length: 20 }, async (_, index) => {
      await line.register('flow', [item(`${index}`)], 'http://here');
      happened.push('answer');
    });
    letGo();
    await first;
    let isOver = false;
    const otherWork = (): void => {
      happened.push('other work');
      if (!isOver) setImmediate(otherWork);
    };
    setImmediate(otherWork);
    await Promise.all(others);
    isOver = true;
    expect(transactions.map(({ length }) => length)).toEqual([1, 20]);
    const together = happened
      .join()
      .split('other work')
      .map((part) => part.split('answer').length - 1);
    expect(together.filter((answers) => answers > 0)).toEqual([8, 8, 4]);
  });

  it('do not wait for those of another Flow', async () => {
    const { line, transactions, letGo } = blockedLine();
    const first = line.register('flow', [item('a')], 'http://here');
    await line.register('other', [item('b')], 'http://here');
    expect(transactions).toEqual([['a'], ['b']]);
    letGo();
    await first;
  });

  it('share with nobody who may do something else, or is told other addresses', async () => {
    const { line, transactions, letGo } = blockedLine();
    const [anybody, reader] = [principal('none'), principal('basic:reader')];
    const as = (who: Principal, name: string, baseUrl: string) =>
      withPrincipal(who, () => line.register('flow', [item(name)], baseUrl));
    const first = as(anybody, 'first', 'http://here');
    await new Promise(setImmediate);
    const others = [as(anybody, 'a', 'http://here'), as(reader, 'b', 'http://here'), as(anybody, 'c', 'http://there')];
    letGo();
    await Promise.all([first, ...others]);
    expect(transactions).toEqual([['first'], ['a'], ['b'], ['c']]);
  });

  it('are carried out one each when one of them makes the shared transaction fail', async () => {
    const { line, transactions, letGo } = blockedLine((names) => {
      if (names.includes('bad')) throw new BadRequestError('broken', 'It does not fit.');
    });
    const first = line.register('flow', [item('first')], '');
    await new Promise(setImmediate);
    const good = line.register('flow', [item('good')], '');
    const bad = line.register('flow', [item('bad')], '');
    letGo();
    await expect(bad).rejects.toMatchObject({ code: 'broken' });
    await expect(good).resolves.toEqual(new Map());
    await first;
    expect(transactions).toEqual([['first'], ['good', 'bad'], ['good'], ['bad']]);
  });

  it('are not tried one by one when the database is away', async () => {
    const { line, transactions, letGo } = blockedLine(() => {
      throw new UnavailableError('database-unavailable', 'Away.');
    });
    const all = ['a', 'b', 'c'].map((name) => line.register('flow', [item(name)], ''));
    letGo();
    await expect(Promise.allSettled(all)).resolves.toMatchObject(Array(3).fill({ status: 'rejected' }));
    expect(transactions.length).toBeLessThanOrEqual(2);
  });

  it('run as themselves: on behalf of their caller, under their own correlation', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const { promise: gate, resolve } = Promise.withResolvers<unknown>();
    const letGo = (): void => {
      resolve(undefined);
    };
    const line = new RegistrationLine(async () => {
      seen.push(context.getStore());
      if (seen.length === 1) await gate;
      return new Map();
    });
    const all = ['one', 'two'].map((name) => context.run(name, () => line.register('flow', [item(name)], name)));
    letGo();
    await Promise.all(all);
    expect(seen).toEqual(['one', 'two']);
  });

  it('are refused beyond a thousand', async () => {
    const { line, letGo } = blockedLine();
    const all = Array.from({ length: 1000 }, (_, index) => line.register('flow', [item(String(index))], ''));
    await expect(line.register('flow', [item('one too many')], '')).rejects.toMatchObject({ code: 'server-busy' });
    letGo();
    await Promise.all(all);
  });
});
