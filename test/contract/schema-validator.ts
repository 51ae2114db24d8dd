import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { isObject, stringAt, type JsonObject } from './json';

/** Base URI under which the specification's documents are known; `schemas/x.json` resolves against it. Never fetched. */
export const specificationBaseUri = 'https://tams.invalid/';

/** At most this many complaints are shown for one value; a wrong shape repeats itself. */
const maximumMessages = 12;

/** Marks a line that already names the branch it belongs to. */
const readAs = '(read as ';

/** How well a branch of a `oneOf` fits a value, judged by its fixed members (a flow's `format`, an event's `event_type`). */
type Fit = 'match' | 'unknown' | 'mismatch';

const fitOrder: Readonly<Record<Fit, number>> = { match: 0, unknown: 1, mismatch: 2 };

/**
 * Validates values against the specification's JSON schemas (dialect 2020-12) and explains failures in readable lines.
 *
 * A failed `oneOf` is explained by the branch the value was meant for: the one whose `format` (or other
 * single-valued member) equals the value's, else the one with the fewest complaints. Schemas compile at first use and stay compiled.
 */
export class SchemaValidator {
  /** Names of `format`s the schemas use and this validator cannot check; should be empty. */
  readonly unknownFormats: readonly string[];

  private readonly ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    inlineRefs: false,
    logger: false,
  });
  private readonly compiled = new WeakMap<object, ValidateFunction>();
  /** Base URI of every schema object, for the relative references inside it. */
  private readonly baseUris = new WeakMap<object, string>();
  private anonymous = 0;

  /**
   * @param schemas the files of `schemas/`, by file name
   * @param document the parsed OpenAPI document, whose inline schemas refer to them
   */
  constructor(schemas: ReadonlyMap<string, JsonObject>, document: JsonObject) {
    addFormats(this.ajv);
    const formats = new Set<string>();
    for (const [name, schema] of schemas) {
      const uri = `${specificationBaseUri}schemas/${name}`;
      this.remember(schema, uri, formats);
      this.ajv.addSchema(schema, uri);
    }
    this.remember(document, specificationBaseUri, formats);
    this.unknownFormats = [...formats].filter((format) => !(format in this.ajv.formats)).sort();
  }

  /** Validates against a file of `schemas/`, e.g. `flow-get.json`; returns complaints, none when valid. @throws Error when there is no such file. */
  explainFile(name: string, value: unknown): string[] {
    const schema = this.ajv.getSchema(`${specificationBaseUri}schemas/${name}`)?.schema;
    if (!isObject(schema)) throw new Error(`The specification has no schemas/${name}`);
    return this.explain(schema, value);
  }

  /** Validates against a schema object of the specification; returns complaints, none when valid. */
  explain(schema: JsonObject, value: unknown): string[] {
    const validate = this.compile(schema);
    if (validate(value)) return [];
    const lines = [...new Set(this.readable(validate.errors ?? []))];
    if (lines.length <= maximumMessages) return lines;
    return [...lines.slice(0, maximumMessages), `... and ${lines.length - maximumMessages} more`];
  }

  /**
   * Validates the text of a query parameter, path segment or header. Integers and booleans are
   * read as such when the schema asks for them; text that is neither stays text and so fails.
   */
  explainText(schema: JsonObject, text: string): string[] {
    return this.explain(schema, readText(schema, text));
  }

  private compile(schema: JsonObject): ValidateFunction {
    const known = this.compiled.get(schema);
    if (known) return known;
    this.anonymous += 1;
    const base = this.baseUris.get(schema) ?? specificationBaseUri;
    const $id = new URL(`anonymous-${this.anonymous}`, base).href;
    const validate = this.ajv.compile({ $id, allOf: [schema] });
    this.compiled.set(schema, validate);
    return validate;
  }

  private remember(value: unknown, uri: string, formats: Set<string>): void {
    if (typeof value !== 'object' || value === null) return;
    if (isObject(value)) {
      this.baseUris.set(value, uri);
      if (typeof value.format === 'string') formats.add(value.format);
    }
    for (const member of Object.values(value)) this.remember(member, uri, formats);
  }

  private readable(errors: readonly ErrorObject[]): string[] {
    // One entry for each error, in ajv's order: a branch's errors come directly before its oneOf's own.
    const entries: string[][] = [];
    for (const error of errors) {
      if (error.keyword === 'oneOf' || error.keyword === 'anyOf') {
        const branches = this.branchesOf(error);
        const listed = branches.reduce((sum, branch) => sum + branch.errors.length, 0);
        entries.fill([], entries.length - listed);
        entries.push(this.explainBranches(error, branches));
      } else if (error.keyword === 'if') {
        // The errors of `then` or `else` are listed by themselves.
        entries.push([]);
      } else entries.push([oneLine(error)]);
    }
    return entries.flat();
  }

  private branchesOf(error: ErrorObject): Branch[] {
    const schemas = Array.isArray(error.schema) ? error.schema.filter(isObject) : [];
    return schemas.map((schema) => {
      const validate = this.compile(schema);
      validate(error.data);
      const errors = validate.errors ?? [];
      return {
        schema,
        errors: errors.map((inner) => relocated(inner, error.instancePath)),
        fit: this.fit(schema, error.data),
      };
    });
  }

  private explainBranches(error: ErrorObject, branches: readonly Branch[]): string[] {
    const passing = branches.filter((branch) => branch.errors.length === 0);
    if (passing.length > 1) {
      return [
        `${place(error)} fits more than one of: ${passing.map((branch) => this.title(branch.schema)).join(', ')}`,
      ];
    }
    const [best] = branches.toSorted(
      (one, other) => fitOrder[one.fit] - fitOrder[other.fit] || one.errors.length - other.errors.length,
    );
    if (!best) return [oneLine(error)];
    const title = this.title(best.schema);
    const lines = this.readable(best.errors).map((line) =>
      line.includes(readAs) ? line : `${line} ${readAs}${title})`,
    );
    if (best.fit !== 'match')
      lines.push(`${place(error)} is none of: ${branches.map((one) => this.title(one.schema)).join(', ')}`);
    return lines;
  }

  private title(schema: JsonObject): string {
    return stringAt(this.resolve(schema).title) ?? stringAt(schema.type) ?? 'an untitled schema';
  }

  private resolve(schema: JsonObject): JsonObject {
    if (typeof schema.$ref !== 'string') return schema;
    const uri = new URL(schema.$ref, this.baseUris.get(schema) ?? specificationBaseUri).href;
    const target = this.ajv.getSchema(uri)?.schema;
    return isObject(target) ? target : schema;
  }

  private fit(schema: JsonObject, data: unknown): Fit {
    const target = this.resolve(schema);
    if (typeof target.type === 'string' && target.type !== typeName(data)) return 'mismatch';
    const fits: Fit[] = [];
    if (isObject(target.properties) && isObject(data)) {
      for (const [name, property] of Object.entries(target.properties)) {
        const fixed = isObject(property) ? fixedValue(property) : undefined;
        if (fixed !== undefined && name in data) fits.push(data[name] === fixed ? 'match' : 'mismatch');
      }
    }
    if (Array.isArray(target.allOf)) fits.push(...target.allOf.filter(isObject).map((part) => this.fit(part, data)));
    if (fits.includes('mismatch')) return 'mismatch';
    return fits.includes('match') ? 'match' : 'unknown';
  }
}

interface Branch {
  readonly schema: JsonObject;
  readonly errors: readonly ErrorObject[];
  readonly fit: Fit;
}

function relocated(error: ErrorObject, parent: string): ErrorObject {
  return { ...error, instancePath: parent + error.instancePath };
}

function fixedValue(property: JsonObject): unknown {
  if ('const' in property) return property.const;
  return Array.isArray(property.enum) && property.enum.length === 1 ? (property.enum[0] as unknown) : undefined;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function place(error: ErrorObject): string {
  return error.instancePath || 'the value';
}

function oneLine(error: ErrorObject): string {
  const parameters = error.params as Record<string, unknown>;
  const extra = parameters.unevaluatedProperty ?? parameters.additionalProperty;
  const allowed = parameters.allowedValues ?? parameters.allowedValue;
  const found = typeof error.data === 'object' ? undefined : JSON.stringify(error.data);
  const line = `${place(error)} ${error.message ?? `fails ${error.keyword}`}`;
  if (typeof extra === 'string') return `${line}: '${extra}'`;
  if (allowed !== undefined) return `${line}: ${JSON.stringify(allowed)}, found ${found ?? 'an object'}`;
  return found === undefined ? line : `${line}, found ${found.slice(0, 200)}`;
}

/** Text as the schema wants it read: as an integer, as a boolean, or left as it is. */
function readText(schema: JsonObject, text: string): unknown {
  if (schema.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
