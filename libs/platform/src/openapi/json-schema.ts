import { z } from 'zod';

/** A JSON Schema node (draft 2020-12, as OpenAPI 3.1 uses it). */
export type JsonSchema = Record<string, unknown>;

/** A schema ready for the document, and the named schemas it refers to. */
export interface ConvertedSchema {
  readonly schema: JsonSchema;
  readonly components: Record<string, JsonSchema>;
}

const COMPONENTS = '#/components/schemas/';

/**
 * Writes a zod schema as JSON Schema of what travels on the wire, which is what the schema accepts: a field that is parsed
 * into an object here is still a text there. Schemas with `.meta({ id })` become components.
 * @throws {Error} when a schema contains itself without having an `id`
 */
export function jsonSchemaOf(schema: z.ZodType): ConvertedSchema {
  // Inside an object the root too is extracted into a component when it has an id.
  const converted = z.toJSONSchema(z.object({ root: schema }), {
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
      Object.entries(definitions).map(([name, node]) => [name, onTheWire(node) as JsonSchema]),
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
  return withoutTextForm(Object.fromEntries(entries));
}

function mapValues(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, onTheWire(value)]));
}

const textKeywords = ['pattern', 'enum', 'minLength', 'maxLength', 'allOf'];

function withoutTextForm(schema: JsonSchema): JsonSchema {
  const isText =
    Object.hasOwn(schema, 'pattern') ||
    (Array.isArray(schema['enum']) && schema['enum'].every((value) => typeof value === 'string'));
  if ((schema['type'] !== 'integer' && schema['type'] !== 'boolean') || !isText) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !textKeywords.includes(key)));
}
