import type { Tags } from '@tams/model';
import { type ClassGrant, type ClassRight, NotFoundError, type Right } from '@tams/platform';
import { principalOf, withPrincipal } from '../principal';
import { ClassAccess } from './class-access';
import { narrowedReach } from './reach';

const byName = new ClassAccess({ enabled: true, map: [] });
const mapOf = (...map: ClassGrant[]): ClassAccess => new ClassAccess({ enabled: true, map });
const member = (groups: string[], scopes: Right[] = ['read', 'write', 'delete']) =>
  principalOf({ id: 'x', name: 'x', scopes, groups, method: 'bearer' });
const rightsOn = (access: ClassAccess, groups: string[], ...classes: string[]): string[] =>
  [...access.rights(member(groups))!.on(classes)].sort();
const absent = (): NotFoundError => new NotFoundError('absent', 'not there');

describe('the policy by name', () => {
  it.each([
    ['sport', ['sport'], ['delete', 'read', 'write']],
    ['sport', ['sport_ro'], ['read']],
    ['sport', ['sport_rw'], ['read', 'write']],
    ['sport', ['news', 'sport_ro'], ['read']],
    ['sport', ['news'], []],
    ['sport', ['sport_ro_ro'], []],
    ['sport', [], []],
    ['sport_ro', ['sport'], []],
    ['sport_ro', ['sport_ro'], ['read']],
    ['constructor', ['sport'], []],
    ['*', ['sport'], []],
  ])('lets %s with %j do %j', (group, classes, rights) => {
    expect(rightsOn(byName, [group], ...classes)).toEqual(rights);
  });
});

describe('a map', () => {
  const access = mapOf(
    { group: 'desk', className: 'news', rights: ['read', 'write'] },
    { group: '*', className: 'public', rights: ['read'] },
  );

  it('is the whole policy', () => {
    expect(rightsOn(access, ['desk'], 'news')).toEqual(['read', 'write']);
    expect(rightsOn(access, ['news'], 'news')).toEqual([]);
    expect(rightsOn(access, [], 'public')).toEqual(['read']);
    expect(rightsOn(access, ['*'], 'news')).toEqual([]);
  });
});

it('counts a right only with its scope', () => {
  const reader = byName.rights(member(['sport'], ['read']))!;
  expect([...reader.on(['sport'])]).toEqual(['read']);
  expect([reader.with('read'), reader.with('write')]).toEqual([['sport', 'sport_ro', 'sport_rw'], []]);
});

it('restricts nobody when it is off, no administrator, and not the server itself', () => {
  const filter = { values: [], exists: [] };
  const off = new ClassAccess({ enabled: false, map: [] });
  withPrincipal(member([]), () => {
    expect([off.readable, off.narrow(filter)]).toEqual([undefined, filter]);
    expect(off.narrow(filter)).toBe(filter);
  });
  withPrincipal(member([], ['admin']), () => {
    expect(byName.readable).toBeUndefined();
    expect(byName.reach).toEqual({ all: true, classes: null });
  });
  expect(byName.readable).toBeUndefined();
});

it('narrows a listing to what both the caller and their filter have', () => {
  const narrowed = (values: { name: string; values: string[] }[]) =>
    withPrincipal(member(['sport']), () => byName.narrow({ values, exists: [] })).values;
  const genre = { name: 'genre', values: ['news'] };
  expect(narrowed([genre])).toEqual([genre, { name: 'auth_classes', values: ['sport', 'sport_ro', 'sport_rw'] }]);
  expect(narrowed([{ name: 'auth_classes', values: ['news', 'sport_ro'] }, genre])).toEqual([
    genre,
    { name: 'auth_classes', values: ['sport_ro'] },
  ]);
  expect(narrowed([{ name: 'auth_classes', values: ['news'] }])).toEqual([{ name: 'auth_classes', values: [] }]);
});

it('hides from whom may do nothing, and says what is missing to others', () => {
  withPrincipal(member(['sport']), () => {
    const tagged = (...classes: string[]) => ({ auth_classes: classes });
    const asking = (right: ClassRight, tags: Tags | undefined) => (): void => {
      byName.require(right, tags, absent);
    };
    expect(asking('read', tagged('news'))).toThrow('not there');
    expect(asking('read', undefined)).toThrow('not there');
    expect(asking('write', tagged('sport_ro'))).toThrow('lack the right to write');
    expect(asking('write', { auth_classes: 'sport' })).not.toThrow();
  });
});

it.each([
  [['news'], ['news', 'sport_ro'], undefined],
  [['news'], ['news', 'sport'], undefined],
  [['news_rw'], ['news_rw', 'sport_ro'], undefined],
  [['news_rw'], ['news_rw', 'sport_rw'], undefined],
  [['news_rw'], ['news_rw', 'sport'], 'delete'],
  [['news_rw', 'sport'], ['news_rw'], 'delete'],
  [['news_rw'], ['news'], 'delete'],
  [['news_rw', 'sport'], ['sport', 'news_rw'], undefined],
])('a member of news changes %j to %j, lacking %s', (before, after, missing) => {
  withPrincipal(member(['news']), () => {
    const change = (): void => {
      byName.requireChange({ auth_classes: before }, { auth_classes: after });
    };
    if (missing === undefined) expect(change).not.toThrow();
    else expect(change).toThrow(`lack the right to ${missing} by`);
  });
});

it.each([
  ['what was not recorded', { all: false, classes: null }, { all: true, classes: null }, { all: true, classes: null }],
  [
    'a member’s, by an administrator',
    { all: false, classes: ['a'] },
    { all: true, classes: null },
    { all: false, classes: ['a'] },
  ],
  [
    'a member’s, by another',
    { all: false, classes: ['a', 'b'] },
    { all: false, classes: ['b', 'c'] },
    { all: false, classes: ['b'] },
  ],
  [
    'an administrator’s, by a member',
    { all: true, classes: null },
    { all: false, classes: ['a'] },
    { all: false, classes: ['a'] },
  ],
])('the reach of a webhook replaced never grows: %s', (_name, existing, caller, expected) => {
  expect(narrowedReach(existing, caller)).toEqual(expected);
});

it('leaves the reach as it is while classes are off', () => {
  const existing = { all: false, classes: ['a'] };
  const off = new ClassAccess({ enabled: false, map: [] });
  expect(withPrincipal(member([]), () => narrowedReach(existing, off.reach))).toBe(existing);
});
