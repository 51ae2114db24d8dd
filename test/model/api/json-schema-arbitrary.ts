import fc from 'fast-check';

/** A JSON Schema node (draft 2020-12) of our API document. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Values that fit `format`. Every URL points at a port of this machine where nobody listens. */
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  uri: fc.constantFrom('http://127.0.0.1:9/a', 'https://127.0.0.1:9/b?c=d', 'urn:x-nmos:format:video'),
  'date-time': fc.constantFrom('2026-11-25T10:00:00Z', '1970-01-01T00:00:00.000000001Z'),
};

/** Writes values that fit schemas of a document. */
export class SchemaValues {
  private readonly memory = new Map<string, fc.Arbitrary<unknown>>();

  /** @param components `components.schemas` of the document */
  constructor(private readonly components: Readonly<Record<string, JsonSchema>>) {}

  /** Values that fit a schema, as far as its keywords are known here. */
  of(schema: JsonSchema): fc.Arbitrary<unknown> {
    const { $ref: reference, examples, example } = schema as { $ref?: string; examples?: unknown[]; example?: unknown };
    if (reference !== undefined) return this.named(reference);
    const shown = [...(Array.isArray(examples) ? examples : []), ...(example === undefined ? [] : [example])];
    const plain = this.plain(schema);
    return shown.length > 0 ? fc.oneof(plain, fc.constantFrom(...shown)) : plain;
  }

  private named(reference: string): fc.Arbitrary<unknown> {
    const name = reference.split('/').at(-1) ?? '';
    const known = this.memory.get(name);
    if (known) return known;
    // What refers to itself ends in null there.
    this.memory.set(name, fc.constant(null));
    const made = this.of(this.components[name] ?? {});
    this.memory.set(name, made);
    return made;
  }

  private plain(schema: JsonSchema): fc.Arbitrary<unknown> {
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
    if ('const' in schema) return fc.constant(schema['const']);
    const branches = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
    if (branches) return fc.oneof(...branches.map((branch) => this.of(branch)));
    if (Array.isArray(schema['allOf'])) {
      const parts = (schema['allOf'] as JsonSchema[]).map((part) => this.of(part));
      return fc.tuple(...parts).map((values) => Object.assign({}, ...(values as object[])) as unknown);
    }
    switch (schema['type']) {
      case 'string':
        return textOf(schema);
      case 'integer':
      case 'number':
        return numberOf(schema);
      case 'boolean':
        return fc.boolean();
      case 'array':
        return fc.array(this.of((schema['items'] ?? {}) as JsonSchema), { maxLength: 3 });
      case 'object':
        return this.objectOf(schema);
      default:
        return fc.jsonValue({ maxDepth: 1 });
    }
  }

  private objectOf(schema: JsonSchema): fc.Arbitrary<unknown> {
    // `false` says that there is no such property.
    const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema | false>).filter(
      (entry): entry is [string, JsonSchema] => entry[1] !== false,
    );
    const required = (schema['required'] ?? []) as string[];
    const known = fc.record(Object.fromEntries(properties.map(([name, value]) => [name, this.of(value)])), {
      requiredKeys: required.filter((name) => properties.some(([known]) => known === name)),
    });
    const further = schema['additionalProperties'];
    if (properties.length > 0 || typeof further !== 'object' || further === null) return known;
    return fc.dictionary(fc.string({ maxLength: 8 }), this.of(further as JsonSchema), { maxKeys: 3 });
  }
}

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const format = formats[String(schema['format'])];
  if (format) return format;
  if (typeof schema['pattern'] === 'string') return fc.stringMatching(new RegExp(schema['pattern']), { maxLength: 80 });
  const [least, most] = [Number(schema['minLength'] ?? 0), Number(schema['maxLength'] ?? 30)];
  return fc.string({ unit: 'grapheme', minLength: least, maxLength: Math.min(most, least + 30) });
}

function numberOf(schema: JsonSchema): fc.Arbitrary<number> {
  const least = Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? -1000);
  return fc.integer({ min: least, max: Math.max(least, Math.min(Number(schema['maximum'] ?? 1_000_000), 1_000_000)) });
}

/** Texts that have broken servers before. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      'a\0b',
      '\u{10FFFF}',
      '\uFEFF',
      '\u202E',
      '%',
      '%00',
      '%zz',
      '..',
      '../../etc/passwd',
      '\\',
      '/',
      '//',
    ],
    ...[
      "' OR 1=1 --",
      '"; DROP TABLE flows; --',
      '${7*7}',
      '__proto__',
      'constructor',
      '<script>',
      '\r\nX-Evil: 1',
      '&',
      '#',
    ],
    ...[
      '-1',
      '0',
      '1e999',
      'NaN',
      'Infinity',
      '9223372036854775808',
      '99999999999999999999999',
      '1.5',
      '0x10',
      '+1',
      'true',
    ],
    ...[
      'null',
      '[]',
      '{}',
      ',',
      ',,',
      '_',
      '()',
      '[0:0_',
      '[1:0_0:0)',
      '[0:0_1:1000000000)',
      '[99999999999999999999:0_',
    ],
    '[-9223372036:854775808_9223372036:854775807]',
    ...['x'.repeat(300), '9'.repeat(300), '[0:0_'.repeat(60), 'ü'.repeat(200)],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

/** JSON values that do not belong anywhere. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(null, true, -1, 0, 1.5, 1e300, -1e300, 2 ** 53, Number.MIN_VALUE, [], {}, [[]], [null]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A value with one place in it replaced, removed or added to. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(), hostileValue, fc.constantFrom('replace', 'replace', 'remove', 'add'))
    .map(([value, choice, hostile, how]) => {
      const copy = { root: structuredClone(value) };
      const places = [...placesOf(copy)];
      const [holder, key] = places[choice % places.length]!;
      if (how === 'replace' || holder === copy) holder[key] = hostile;
      else if (how === 'remove') Reflect.deleteProperty(holder, key);
      else if (Array.isArray(holder)) holder.push(hostile);
      else holder[`x${String(choice)}`] = hostile;
      return copy.root;
    });
}

type Holder = Record<string, unknown>;

function* placesOf(holder: object): Generator<readonly [Holder, string]> {
  for (const [key, value] of Object.entries(holder)) {
    yield [holder as Holder, key];
    if (typeof value === 'object' && value !== null) yield* placesOf(value as object);
  }
}
