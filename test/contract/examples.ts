import { isObject, type JsonObject } from './json';
import type { Operation, Specification } from './specification';

/** One example body of the specification. */
export interface Example {
  readonly operation: Operation;
  /** The example's name within its operation; `example` for an unnamed one. */
  readonly name: string;
  /** File below the specification's folder, e.g. `examples/flow-put.json`; undefined for one written inline. */
  readonly file?: string;
  readonly body: unknown;
}

/** An example of an answer. */
export interface ResponseExample extends Example {
  readonly status: number;
}

/**
 * Every request body example of the specification with the operation it belongs to, in the document's order:
 * what a server that keeps the contract accepts (given that what the bodies refer to exists).
 */
export function requestExamples(specification: Specification): Example[] {
  return specification.operations.flatMap((operation) =>
    operation.request ? examplesOf(specification, operation, operation.request.content) : [],
  );
}

/** Every response body example of the specification, in the document's order. */
export function responseExamples(specification: Specification): ResponseExample[] {
  return specification.operations.flatMap((operation) =>
    [...operation.responses.values()].flatMap(({ status, content }) =>
      content ? examplesOf(specification, operation, content).map((example) => ({ ...example, status })) : [],
    ),
  );
}

function examplesOf(specification: Specification, operation: Operation, content: JsonObject): Example[] {
  const named = isObject(content.examples) ? Object.entries(content.examples) : [];
  const examples = named.map(([name, example]) => readExample(specification, operation, name, example));
  if ('example' in content) examples.push(readExample(specification, operation, 'example', content.example));
  return examples;
}

function readExample(specification: Specification, operation: Operation, name: string, source: unknown): Example {
  const file = isObject(source) ? (source.externalValue ?? source.$ref) : undefined;
  if (typeof file === 'string') return { operation, name, file, body: specification.readJson(file) };
  const body = isObject(source) && 'value' in source ? source.value : source;
  return { operation, name, body: writtenOut(body) };
}

/** The document writes plain JSON strings as they look on the wire, quotes included (`"\"proxy\"\n"`): reads those. */
function writtenOut(body: unknown): unknown {
  return typeof body === 'string' && /^".*"\s*$/s.test(body) ? JSON.parse(body) : body;
}
