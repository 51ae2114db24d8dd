import { ExpiringCache } from './expiring-cache';

describe('ExpiringCache', () => {
  it('forgets what is over, and the oldest when it is full', () => {
    const cache = new ExpiringCache<number>(2);
    const later = Date.now() + 60_000;
    cache.set('over', 1, Date.now() - 1);
    expect(cache.get('over')).toBeUndefined();
    cache.set('a', 1, later);
    cache.set('b', 2, later);
    cache.set('a', 3, later);
    cache.set('c', 4, later);
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([3, undefined, 4, 2]);
    cache.clear();
    expect(cache.get('a')).toBeUndefined();
  });

  it('is not deceived by a clock that is set back', () => {
    const cache = new ExpiringCache<number>(2);
    cache.set('user', 1, Date.now() + 1);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 30 * 86_400_000);
    const soon = performance.now() + 2;
    while (performance.now() < soon);
    expect(cache.get('user')).toBeUndefined();
    clock.mockRestore();
  });
});
