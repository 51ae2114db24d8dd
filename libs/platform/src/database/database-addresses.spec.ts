import { addressesOf, targetOf, urlAt } from './database-addresses';

const several =
  'postgres://tams:p%40ss@one:5433,two,[::1]:5434/store?target_session_attrs=read-write&sslmode=verify-full';

it('reads the hosts of a URL in their order', () => {
  expect(addressesOf(several)).toEqual([
    { host: 'one', port: 5433 },
    { host: 'two', port: 5432 },
    { host: '[::1]', port: 5434 },
  ]);
  expect(addressesOf('postgresql://one/store')).toEqual([{ host: 'one', port: 5432 }]);
});

it('reads a password that has an unescaped @ or none at all', () => {
  expect(addressesOf('postgres://tams:p@ss@one:1,two:2/store').map(({ host }) => host)).toEqual(['one', 'two']);
  expect(addressesOf('postgres://one:1,two:2/store')).toHaveLength(2);
});

it.each([
  'mysql://one/store',
  'one:5432',
  'postgres:///store',
  'postgres://one,/store',
  'postgres://one:port/store',
  'postgres://one:1,two:99999/store',
])('takes %s for no address', (url) => {
  expect(addressesOf(url)).toEqual([]);
});

it('makes the URL of one host, with the credentials and the rest', () => {
  expect(urlAt(several, { host: 'two', port: 5432 })).toBe('postgres://tams:p%40ss@two:5432/store?sslmode=verify-full');
});

it('says which of the hosts is meant', () => {
  expect(targetOf(several)).toBe('read-write');
  expect(targetOf('postgres://one/store')).toBeUndefined();
});
