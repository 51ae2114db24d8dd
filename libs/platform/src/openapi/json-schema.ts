import { z } from 'zod';

/** A JSON Schema node (draft 2020-12, as OpenAPI 3.1 uses it). */
export type JsonSchema = Record<string, unknown>;

/** A schema ready for the document, and the named schemas it refers to. */
export interface ConvertedSchema {
  readonly schema: JsonSchema;
  readonly components: Record<string, JsonSchema>;
}

const COMPONENTS = '#/components/schemas/';

const documents = new WeakMap<z.ZodType, z.ZodType>();

/**
 * Lets the document show `document` for a schema whose own input says too little, because it decides in a `transform`.
 * @returns `schema` itself
 */
export function documentedAs<Schema extends z.ZodType>(schema: Schema, document: z.ZodType): Schema {
  documents.set(schema, document);
  return schema;
}

/**
 * Writes a zod schema as JSON Schema of what travels on the wire, which is what the schema accepts: a field that is parsed
 * into an object here is still a text there. Schemas with `.meta({ id })` become components.
 * @throws {Error} when a schema contains itself without having an `id`
 */
export function jsonSchemaOf(schema: z.ZodType): ConvertedSchema {
  // Inside an object the root too is extracted into a component when it has an id.
  const converted = z.toJSONSchema(z.object({ root: documents.get(schema) ?? schema }), {
    io: 'input',
    target: 'draft-2020-12',
    unrepresentable: 'any',
  });
  const definitions = (converted.$defs ?? {}) as Record<string, JsonSchema>;
  const unnamed = Object.keys(definitions).find((name) => name.startsWith('__'));
  if (unnamed) throw new Error('A schema that contains itself needs a name: give it `.meta({ id })`.');
  return {
    schema: onTheWire((converted.properties as Record<string, JsonSchema>)['root'] ?? {}) as JsonSchema,
    components: Object.fromEntries(
      Object.entries(definitions).map(([name, node]) => [name, defaultsInWords(onTheWire(node)) as JsonSchema]),
    ),
  };
}

/** Whether a value is a zod schema of this process. */
export function isZodSchema(value: unknown): value is z.ZodType {
  return value instanceof z.ZodType;
}

/** Points references at the components, and lets a `type` given by `.meta()` win over the text form zod checks. */
function onTheWire(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(onTheWire);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node)
    .filter(([key]) => key !== 'id')
    .map(([key, value]): [string, unknown] => {
      if (key === '$ref' && typeof value === 'string') return [key, value.replace('#/$defs/', COMPONENTS)];
      if (key === 'properties') return [key, mapValues(value as JsonSchema)];
      return key === 'example' || key === 'examples' || key === 'default' || key === 'enum'
        ? [key, value]
        : [key, onTheWire(value)];
    });
  return forGenerators(withoutTextForm(Object.fromEntries(entries)));
}

/**
 * Says the same in the words generators of clients understand: an object that may have further properties is one that does
 * not forbid them (`additionalProperties: {}` becomes a type in which every misspelt name compiles), and what nothing fits
 * is `false`.
 */
function forGenerators(schema: JsonSchema): JsonSchema | false {
  const isEmpty = (node: unknown): boolean =>
    typeof node === 'object' && node !== null && Object.keys(node).length === 0;
  if (Object.keys(schema).length === 1 && isEmpty(schema['not'])) return false;
  if (!('properties' in schema) || !isEmpty(schema['additionalProperties'])) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'additionalProperties'));
}

function mapValues(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, onTheWire(value)]));
}

/**
 * Generators of clients take a property with a `default` for one that is always there, so that a request that leaves it out
 * does not compile. Named schemas say it in words.
 */
function defaultsInWords(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(defaultsInWords);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
    key === 'example' || key === 'examples' ? [key, value] : [key, defaultsInWords(value)],
  );
  const { default: preset, ...schema } = Object.fromEntries(entries);
  if (preset === undefined || !('type' in schema)) return Object.fromEntries(entries);
  const { description = '' } = schema;
  const text = String(description);
  return {
    ...schema,
    description: /default/i.test(text) ? text : `${text} Default: ${JSON.stringify(preset)}.`.trim(),
  };
}

const textKeywords = ['pattern', 'enum', 'minLength', 'maxLength', 'allOf'];

function withoutTextForm(schema: JsonSchema): JsonSchema {
  const isText =
    Object.hasOwn(schema, 'pattern') ||
    (Array.isArray(schema['enum']) && schema['enum'].every((value) => typeof value === 'string'));
  if ((schema['type'] !== 'integer' && schema['type'] !== 'boolean') || !isText) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !textKeywords.includes(key)));
}
