import type { JsonSchema } from './json-schema-arbitrary';

/** A place in a document: names of properties, indexes of arrays. */
export type Place = readonly (string | number)[];

/** What a field holds. */
export type FieldKind = 'text' | 'time' | 'number' | 'name';

/** One field of a body, as its schema describes it. */
export interface Field {
  readonly place: Place;
  readonly kind: FieldKind;
}

/** Deepest field that is looked for. */
const DEEPEST = 8;

/** Texts that look valid to one layer and break another: encodings, sizes, paths of PostgreSQL, JSON and JavaScript. */
const texts = [
  ...[
    '',
    ' ',
    '\u{10FFFF}',
    '\uFEFF',
    '\u202E',
    '\uD83C',
    '\uDFAC',
    '\uD83C\\\uDFAC',
    '\\\uDFAC',
    '\uD83C\uD83C\uDFAC\uDFAC',
  ],
  ...[
    '\0',
    '\\u0000',
    '\\',
    '\\\\',
    '%',
    '%00',
    '{',
    '{}',
    '{"a":1}',
    '[',
    'NULL',
    "'",
    '"',
    '__proto__',
    'constructor',
  ],
  ...[
    'x'.repeat(499),
    'x'.repeat(2_700),
    'ü'.repeat(5_000),
    '\u{1F3AC}'.repeat(4_000),
    '9'.repeat(400),
    '\\'.repeat(9_000),
  ],
];

/** Times that RFC 3339 (or an implementation of it) allows and that PostgreSQL may not. */
const times = [
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59', '9999-12-31T23:59:59.9999999Z'],
  ...[
    '2026-01-01T00:00:00+23:59',
    '2026-01-01T00:00:00-16:00',
    '2026-01-01T00:00Z',
    `2026-01-01T00:00:00.${'9'.repeat(150)}Z`,
  ],
  ...[
    '2026-02-29T00:00:00Z',
    '2026-06-30T23:59:60Z',
    '2026-01-01T24:00:00Z',
    '294277-01-01T00:00:00Z',
    'infinity',
    'epoch',
    'now',
  ],
];

/** Times on the media timeline, at and beyond what 64 bits hold. */
const timelines = [
  ...[
    '9223372036:854775807',
    '9223372036:854775808',
    '-9223372036:854775808',
    '-9223372036:854775809',
    '-0:0',
    '0:1000000000',
  ],
  ...[
    '[9223372036:854775807_9223372036:854775807]',
    '(-9223372036:854775808_',
    '_9223372036:854775807]',
    '[1:0_0:0)',
    '()',
    '_',
    '[]',
  ],
  ...[`${'9'.repeat(150)}:0`, `[0:0_${'9'.repeat(150)}:0)`, '[0:0_0:0)', '(0:0_0:1)'],
];

/** Numbers as JSON texts. */
const numbers = [
  ...['0', '-0', '-1', '1.5', '1e308', '5e-324', '1e400', '-1e400', '2147483647', '2147483648', '9007199254740991'],
  ...[
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775809',
    '9'.repeat(400),
    `0.${'0'.repeat(400)}1`,
  ],
];

/** What one kind of field is given, each as a JSON text. A text where a number belongs, and the other way round, is no rarity. */
export function valuesFor(kind: FieldKind): readonly string[] {
  const written = (values: readonly string[]): string[] => values.map((value) => JSON.stringify(value));
  if (kind === 'number') return [...numbers, '"1"', 'null', '[]', '{}'];
  if (kind === 'time') return [...written([...times, ...texts]), ...numbers];
  return [...written([...texts, ...times, ...timelines]), '1', '1e400', 'null', '[]', '{}', '[null]', '[[]]'];
}

/** Longest address that is tried: longer ones never become a request. */
const LONGEST_ADDRESS = 12_000;

/** Texts as a query or a path carries them. */
export const addressTexts: readonly string[] = [...texts, ...times, ...timelines, ...numbers]
  .map((text) => encodeURIComponent(text.toWellFormed()))
  .filter((text) => text.length < LONGEST_ADDRESS);

/** Every field that a body may have, by its schema: at any depth, the names of open objects included. */
export function fieldsOf(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): Field[] {
  const found = new Map<string, Field>();
  const add = (field: Field): void => void found.set(JSON.stringify(field), field);
  const walk = (node: JsonSchema, place: Place, open: readonly string[]): void => {
    // `false` says that there is no such property.
    if (place.length > DEEPEST || typeof node !== 'object') return;
    const reference = node['$ref'];
    if (typeof reference === 'string') {
      if (!open.includes(reference))
        walk(components[reference.split('/').at(-1) ?? ''] ?? {}, place, [...open, reference]);
      return;
    }
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
      for (const part of (node[keyword] ?? []) as JsonSchema[]) walk(part, place, open);
    }
    const kind = kindOf(node);
    if (kind) add({ place, kind });
    if (node['items']) walk(node['items'] as JsonSchema, [...place, 0], open);
    for (const [name, property] of Object.entries((node['properties'] ?? {}) as Record<string, JsonSchema>)) {
      walk(property, [...place, name], open);
    }
    const further = node['additionalProperties'];
    if (node['type'] === 'object' && further !== false) {
      add({ place, kind: 'name' });
      walk(
        typeof further === 'object' && further !== null ? (further as JsonSchema) : { type: 'string' },
        [...place, 'other'],
        open,
      );
    }
  };
  walk(schema, [], []);
  return [...found.values()];
}

function kindOf(node: JsonSchema): FieldKind | undefined {
  const { type, format } = node as { type?: unknown; format?: unknown };
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || (type === undefined && ('enum' in node || 'const' in node)))
    return format === 'date-time' ? 'time' : 'text';
  return undefined;
}

const MARK = '\u0001here\u0001';

/** The body with one field set, as JSON text; objects and arrays on the way are made when there are none. */
export function withField(body: unknown, { place, kind }: Field, value: string): string {
  const copy: { root: unknown } = { root: structuredClone(body) };
  const path = ['root', ...place];
  let at: unknown = copy;
  path.slice(0, -1).forEach((key, index) => {
    const holder = at as Record<string | number, unknown>;
    const next = holder[key];
    if (typeof next !== 'object' || next === null) holder[key] = typeof path[index + 1] === 'number' ? [] : {};
    at = holder[key];
  });
  const last = path.at(-1) ?? 'root';
  if (kind === 'name') {
    const holder = (at as Record<string | number, unknown>)[last];
    const named = typeof holder === 'object' && holder !== null && !Array.isArray(holder) ? holder : {};
    (at as Record<string | number, unknown>)[last] = { ...named, [MARK]: 'x' };
    return JSON.stringify(copy.root).replace(JSON.stringify(MARK), () => (value.startsWith('"') ? value : '"1"'));
  }
  (at as Record<string | number, unknown>)[last] = MARK;
  return JSON.stringify(copy.root).replace(JSON.stringify(MARK), () => value);
}
