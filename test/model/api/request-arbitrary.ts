import fc from 'fast-check';
import type { RawRequest } from '../../contract/tams-client';
import type { DocumentedParameter, Operation } from './api-document';
import { hostileText, mutated, type SchemaValues } from './json-schema-arbitrary';
import type { KnownIds } from './populated-store';

/** A request as it is drawn; ids of existing things are filled in when it is sent. */
export interface DrawnRequest {
  readonly path: (ids: KnownIds) => string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Requests for one operation, valid and not. */
export function requestsFor(operation: Operation, values: SchemaValues): fc.Arbitrary<DrawnRequest> {
  const { parameters = [] } = operation;
  return fc.record({
    path: pathOf(operation, values),
    query: queryOf(
      parameters.filter((parameter) => parameter.in === 'query'),
      values,
    ),
    headers,
    body: bodyOf(operation, values),
  });
}

/** The request as it goes over the wire. */
export function written({ method }: Operation, drawn: DrawnRequest, ids: KnownIds): RawRequest {
  const query = drawn.query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  return {
    method,
    path: `${drawn.path(ids)}${query && `?${query}`}`,
    headers: { ...(drawn.body !== undefined && { 'content-type': 'application/json' }), ...drawn.headers },
    ...(drawn.body !== undefined && { body: drawn.body }),
  };
}

function pathOf({ path, parameters = [] }: Operation, values: SchemaValues): fc.Arbitrary<(ids: KnownIds) => string> {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
  const choices = names.map((name) => {
    const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? {};
    return fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: values.of(schema).map(String) },
      { weight: 1, arbitrary: hostileText.filter((text) => text !== '') },
    );
  });
  return fc
    .tuple(...choices)
    .map(
      (chosen) => (ids) =>
        path.replace(/\{([^}]+)\}/g, (_, name: string) => encoded(chosen[names.indexOf(name)] ?? ids[name] ?? name)),
    );
}

function queryOf(
  parameters: readonly DocumentedParameter[],
  values: SchemaValues,
): fc.Arbitrary<(readonly [string, string])[]> {
  if (parameters.length === 0) return fc.constant([]);
  const pair = fc.constantFrom(...parameters).chain(({ name, schema }) => {
    const [prefix = '', template] = name.split('{');
    const names =
      template === undefined
        ? fc.constant(name)
        : fc.oneof(fc.constantFrom('a', 'genre'), hostileText).map((tag) => prefix + tag);
    const value = fc.oneof(
      { weight: 3, arbitrary: values.of(schema).map(String) },
      { weight: 1, arbitrary: hostileText },
    );
    return fc.tuple(names, value);
  });
  return fc.array(pair, { maxLength: 4 });
}

/** Headers that a server reads, with what it may not expect there. */
const headers: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'accept',
        'x-correlation-id',
        'traceparent',
        'if-none-match',
        'authorization',
        'range',
        'origin',
        'content-type',
      ),
      fc.oneof(
        fc.stringMatching(/^[ -~]{0,60}$/),
        fc.constantFrom('*/*', 'Bearer x', 'application/json; charset=utf-16', 'text/plain', 'bytes=9-1'),
      ),
      { maxKeys: 2 },
    ),
  },
);

function bodyOf({ requestBody }: Operation, values: SchemaValues): fc.Arbitrary<string | undefined> {
  const [content] = Object.values(requestBody?.content ?? {});
  if (!content) return fc.constant(undefined);
  const valid = values.of(content.schema);
  const text = (value: unknown): string => JSON.stringify(value);
  return fc.oneof(
    { weight: 4, arbitrary: valid.map(text) },
    { weight: 4, arbitrary: mutated(valid).map(text) },
    { weight: 1, arbitrary: valid.chain((value) => fc.nat(40).map((cut) => text(value).slice(0, -cut - 1))) },
    { weight: 1, arbitrary: fc.oneof(hostileText, fc.constant(undefined)) },
  );
}

/** Percent-encoded, half surrogates replaced: a URL cannot carry them. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
