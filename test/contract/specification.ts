import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { isObject, objectAt, stringAt, type JsonObject } from './json';
import { SchemaValidator } from './schema-validator';

/** Name of the OpenAPI document inside the specification's folder. */
const documentName = 'TimeAddressableMediaStore.yaml';

/** HTTP methods an OpenAPI path item may hold, in the order people read them. */
const methods = ['head', 'get', 'put', 'post', 'delete', 'patch', 'options'] as const;

/** A query or path parameter. `name` may hold a template, e.g. `tag.{name}`; `pattern` matches real names. */
export interface DocumentedParameter {
  readonly name: string;
  readonly location: 'query' | 'path';
  readonly pattern: RegExp;
  readonly schema: JsonObject;
}

/** One documented answer: its headers by lower-case name, and the schema of its JSON body if it has one. */
export interface DocumentedResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, JsonObject>;
  readonly schema?: JsonObject;
  /** The media type object of `application/json`, with its examples. */
  readonly content?: JsonObject;
}

/** The documented JSON request body of an operation. */
export interface DocumentedRequest {
  readonly required: boolean;
  readonly schema: JsonObject;
  /** The media type object of `application/json`, with its examples. */
  readonly content: JsonObject;
}

/** One method of one path of the OpenAPI document. */
export interface Operation {
  /** E.g. `GET_flows-flowId`. */
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** Path template, e.g. `/flows/{flowId}`. */
  readonly path: string;
  /** First tag, e.g. `Flows`. */
  readonly tag: string;
  readonly parameters: readonly DocumentedParameter[];
  readonly request?: DocumentedRequest;
  readonly responses: ReadonlyMap<number, DocumentedResponse>;
}

/** An operation found for a real path, with the decoded values of its path parameters. */
export interface OperationMatch {
  readonly operation: Operation;
  readonly pathValues: ReadonlyMap<string, string>;
}

/** The TAMS OpenAPI document with its schemas, read once: what the server promises. */
export class Specification {
  /** Version of the API, e.g. `8.2`. */
  readonly version: string;
  /** Every operation, in the document's order. */
  readonly operations: readonly Operation[];
  /** Query parameters that authenticate (`access_token`) and so may appear everywhere. */
  readonly credentialParameters: ReadonlySet<string>;
  /** Validates against the specification's schemas. */
  readonly schemas: SchemaValidator;

  private readonly document: JsonObject;
  private readonly paths: readonly { readonly pattern: RegExp; readonly operations: readonly Operation[] }[];

  /** @param directory folder with the OpenAPI document, `schemas/` and `examples/`. @throws Error when it cannot be read. */
  constructor(readonly directory: string) {
    this.document = objectAt(parse(readFileSync(join(directory, documentName), 'utf8')), documentName);
    this.schemas = new SchemaValidator(readSchemas(join(directory, 'schemas')), this.document);
    this.version = stringAt(objectAt(this.document.info, 'info').version) ?? '';
    this.paths = Object.entries(objectAt(this.document.paths, 'paths')).map(([path, item]) => ({
      pattern: templatePattern(path, '[^/]+'),
      operations: this.readOperations(path, objectAt(item, path)),
    }));
    this.operations = this.paths.flatMap((path) => path.operations);
    this.credentialParameters = new Set(
      this.component('securitySchemes')
        .filter((scheme) => scheme.in === 'query')
        .map((scheme) => stringAt(scheme.name) ?? ''),
    );
  }

  /** The operation of a method and a real, still percent-encoded path without query; undefined when there is none. */
  find(method: string, path: string): OperationMatch | undefined {
    for (const { pattern, operations } of this.paths) {
      const match = pattern.exec(path);
      const operation = match && operations.find((candidate) => candidate.method === method);
      if (operation) return { operation, pathValues: decodedGroups(operation.path, match) };
    }
    return undefined;
  }

  /** Methods documented for a real path; empty for a path outside the specification. */
  methodsOf(path: string): string[] {
    const found = this.paths.filter(({ pattern }) => pattern.test(path));
    return found.flatMap(({ operations }) => operations.map((operation) => operation.method));
  }

  /** Schema of the message of a webhook event, e.g. `flows/segments_added`. @throws Error for an event the document does not have. */
  eventSchema(event: string): JsonObject {
    const post = objectAt(objectAt(objectAt(this.document.webhooks, 'webhooks')[event], event).post, 'post');
    return objectAt(jsonContent(objectAt(post.requestBody, 'requestBody'))?.schema, `${event} schema`);
  }

  /** Parsed JSON of a file below the specification's folder, e.g. `examples/flow-put.json`. */
  readJson(path: string): unknown {
    return JSON.parse(readFileSync(join(this.directory, path), 'utf8'));
  }

  /** File names in `examples/`, sorted. */
  exampleFiles(): string[] {
    return readdirSync(join(this.directory, 'examples')).sort();
  }

  private component(kind: string): JsonObject[] {
    return Object.values(objectAt(objectAt(this.document.components, 'components')[kind], kind)).filter(isObject);
  }

  private readOperations(path: string, item: JsonObject): Operation[] {
    return methods.flatMap((method) => {
      const source = item[method];
      return isObject(source) ? [this.readOperation(path, item, method, source)] : [];
    });
  }

  private readOperation(path: string, item: JsonObject, method: string, source: JsonObject): Operation {
    const request = this.readRequest(source.requestBody);
    return {
      id: stringAt(source.operationId) ?? `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      tag: stringAt(Array.isArray(source.tags) ? source.tags[0] : undefined) ?? 'Untagged',
      parameters: [...list(item.parameters), ...list(source.parameters)].map((one) =>
        readParameter(this.dereference(one)),
      ),
      ...(request && { request }),
      responses: new Map(
        Object.entries(objectAt(source.responses, `${path} responses`)).map(([status, response]) => [
          Number(status),
          this.readResponse(Number(status), objectAt(response, `${path} ${status}`)),
        ]),
      ),
    };
  }

  private readRequest(source: unknown): DocumentedRequest | undefined {
    if (!isObject(source)) return undefined;
    const content = objectAt(jsonContent(source), 'request body');
    return { required: source.required === true, schema: objectAt(content.schema, 'request schema'), content };
  }

  private readResponse(status: number, source: JsonObject): DocumentedResponse {
    // The document puts `headers` beside a `$ref`; OpenAPI would ignore them, but the intent is plain.
    const response = { ...this.dereference(source), ...source };
    const headers = Object.entries(isObject(response.headers) ? response.headers : {});
    const content = jsonContent(response);
    return {
      status,
      headers: new Map(
        headers.map(([name, header]) => [name.toLowerCase(), objectAt(objectAt(header, name).schema, name)]),
      ),
      ...(content && { content }),
      ...(isObject(content?.schema) && { schema: content.schema }),
    };
  }

  /** Follows a reference within the document (`#/components/...`). */
  private dereference(value: JsonObject): JsonObject {
    if (typeof value.$ref !== 'string') return value;
    const steps = value.$ref.replace(/^#\//, '').split('/');
    const target = steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), this.document);
    return objectAt(target, value.$ref);
  }
}

let loaded: Specification | undefined;

/** Where the specification may lie: `TAMS_SPEC_DIR`, or in a folder `shared` beside the project or beside its worktrees. */
function candidateDirectories(): string[] {
  const configured = process.env.TAMS_SPEC_DIR;
  if (configured) return [resolve(configured)];
  const projectRoot = resolve(__dirname, '../..');
  return ['../shared', '../../shared'].map((shared) => resolve(projectRoot, shared, 'tams-api-8.2'));
}

/**
 * The specification, read at the first call; undefined where it is absent, because it is not part of this repository.
 * @throws Error when `TAMS_SPEC_DIR` is set and holds no specification: asked for, it must not be skipped in silence.
 */
export function loadSpecification(): Specification | undefined {
  if (loaded) return loaded;
  const directory = candidateDirectories().find((candidate) => existsSync(join(candidate, documentName)));
  if (directory) loaded = new Specification(directory);
  else if (process.env.TAMS_SPEC_DIR) throw new Error(`${specificationAbsence()}. Correct TAMS_SPEC_DIR or unset it.`);
  return loaded;
}

/** Says where the specification was looked for, for tests that skip without it. */
export function specificationAbsence(): string {
  return `no TAMS specification (${documentName}) in ${candidateDirectories().join(' or ')}`;
}

function readSchemas(directory: string): Map<string, JsonObject> {
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, objectAt(JSON.parse(readFileSync(join(directory, name), 'utf8')), name)]));
}

function readParameter(source: JsonObject): DocumentedParameter {
  const name = stringAt(source.name) ?? '';
  if (source.in !== 'query' && source.in !== 'path')
    throw new Error(`Parameter ${name}: unexpected place ${String(source.in)}`);
  return {
    name,
    location: source.in,
    pattern: templatePattern(name, '.+'),
    schema: objectAt(source.schema, `parameter ${name}`),
  };
}

function jsonContent(source: JsonObject): JsonObject | undefined {
  const content = isObject(source.content) ? source.content['application/json'] : undefined;
  return isObject(content) ? content : undefined;
}

function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A pattern for a template such as `/flows/{flowId}` or `tag.{name}`; each placeholder is a group. */
function templatePattern(template: string, placeholder: string): RegExp {
  const parts = template.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join(`(${placeholder})`)}$`);
}

function decodedGroups(template: string, match: RegExpExecArray): Map<string, string> {
  const names = [...template.matchAll(/\{([^}]+)\}/g)].map((placeholder) => placeholder[1] ?? '');
  return new Map(names.map((name, index) => [name, decoded(match[index + 1] ?? '')]));
}

/** Percent-decodes; text that is not decodable stays as it was sent. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
