import { fieldErrors, queryInteger, queryLimit } from '@tams/platform';
import { z } from 'zod';
import { tags, uuid, wholeNumber } from './common.schema';

/** Complaints about a body, each as `path: message`. */
function complaints(schema: z.ZodType, body: unknown): string[] {
  const { error } = schema.safeParse(body);
  return fieldErrors('body', error?.issues ?? [], body).map(({ path, message }) => `${path}: ${message}`);
}

const thing = z.object({
  id: uuid,
  size: wholeNumber,
  kind: z.enum(['a', 'b']),
  on: z.boolean(),
  parts: z.array(uuid),
});
const good = { id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34', size: 1, kind: 'a', on: true, parts: [] };

describe('what is said of a field', () => {
  it.each<[unknown, string]>([
    [null, 'body: must be a JSON object'],
    [undefined, 'body: is required'],
    [{ ...good, id: undefined }, 'body.id: is required'],
    [{ ...good, kind: undefined }, 'body.kind: is required'],
    [{ ...good, id: 7 }, 'body.id: must be a string'],
    [{ ...good, id: 'x' }, 'body.id: must be a lower-case UUID'],
    [{ ...good, kind: 'c' }, 'body.kind: must be one of a, b'],
    [{ ...good, on: 'yes' }, 'body.on: must be true or false'],
    [{ ...good, parts: {} }, 'body.parts: must be an array'],
    [{ ...good, parts: ['x'] }, 'body.parts.0: must be a lower-case UUID'],
    [{ ...good, size: 1.5 }, 'body.size: must be a whole number'],
    [{ ...good, size: -1 }, 'body.size: must not be negative'],
    [{ ...good, size: 1e30 }, 'body.size: must be at most 9007199254740991'],
  ])('%j', (body, complaint) => {
    expect(complaints(thing, body)).toEqual([complaint]);
  });

  it('never is a text of zod itself', () => {
    const everything = z.strictObject({
      short: z.string().max(2),
      long: z.string().min(3),
      few: z.array(z.string()).max(1),
      some: z.array(z.string()).min(1),
      small: z.number().lt(5),
      even: z.number().multipleOf(2),
      when: z.iso.datetime(),
      where: z.url(),
      one: z.literal('x'),
      either: z.union([z.string(), z.boolean()]),
    });
    const broken = {
      short: 'xxx',
      long: 'x',
      few: ['', ''],
      some: [],
      small: 9,
      even: 3,
      when: '',
      where: '',
      more: 1,
    };
    const found = complaints(everything, { ...broken, one: 'y', either: 3 });
    expect(found).toHaveLength(11);
    expect(found.join('\n')).not.toMatch(/invalid|expected|received|too (big|small)/i);
  });
});

describe('numbers of a query', () => {
  it('say their range', () => {
    expect(complaints(queryInteger, '99999999999999999999')).toEqual([
      'body: must be at most 9007199254740991, of either sign',
    ]);
    expect(complaints(queryInteger, 'x')).toEqual(['body: must be a whole number']);
    for (const few of ['0', '-1']) {
      expect(complaints(queryLimit, few)).toEqual(['body: must be at least 1, and more than 1000 are never returned']);
    }
  });
});

describe('tags', () => {
  const longest = 'n'.repeat(500);

  it('have bounded names, values and numbers', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));
    expect(complaints(tags, { [longest]: ['x'.repeat(10_000)], ...many(999) })).toEqual([]);
    expect(complaints(tags, { '': 'x' })).toEqual(['body.: has a name that must not be empty']);
    expect(complaints(tags, { [`${longest}n`]: 'x' })[0]).toContain(
      'has a name that must not be longer than 500 characters',
    );
    expect(complaints(tags, { a: 'x'.repeat(10_001) })).toEqual([
      'body.a: must not hold a value longer than 10000 characters',
    ]);
    expect(complaints(tags, { a: Array<string>(1_001).fill('x') })).toEqual([
      'body.a: must not hold more than 1000 values',
    ]);
    expect(complaints(tags, many(1_001))).toEqual(['body: must not be more than 1000 tags, and are 1001']);
    expect(complaints(tags, { a: 7 })).toEqual(['body.a: must be a string or an array of strings']);
  });
});
