import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];

/**
 * The document as Swagger UI shows it: without the HEAD twins, which would double the list, and without examples of optional
 * parameters, which "Try it out" would send without being asked. Descriptions tell what such a value looks like.
 */
export function documentForPeople(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => [path, itemForPeople(item)]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}

function itemForPeople(item: PathItem): PathItem {
  const shown = Object.entries(item).filter(([method]) => method !== 'head');
  const methods = shown.map(([method, operation]: [string, unknown]) => [
    method,
    isOperation(operation) ? { ...operation, parameters: operation.parameters.map(withoutPrefill) } : operation,
  ]);
  return Object.fromEntries(methods) as PathItem;
}

interface Parameter {
  readonly required?: boolean;
  readonly schema?: object;
}

function isOperation(value: unknown): value is { parameters: Parameter[] } {
  return typeof value === 'object' && value !== null && 'parameters' in value && Array.isArray(value.parameters);
}

function withoutPrefill(parameter: Parameter): Parameter {
  if (parameter.required === true || !parameter.schema) return parameter;
  const prefilling = ['example', 'examples', 'default'];
  const schema = Object.fromEntries(Object.entries(parameter.schema).filter(([key]) => !prefilling.includes(key)));
  return { ...parameter, schema };
}
