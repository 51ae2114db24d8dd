import openapiTypescript, { astToString } from 'openapi-typescript';
import prettier from 'prettier';

/** Every schema, parameter and so on that a part of a document refers to. */
function references(part, found = new Set()) {
  if (Array.isArray(part)) for (const item of part) references(item, found);
  else if (part !== null && typeof part === 'object') {
    if (typeof part.$ref === 'string') found.add(part.$ref);
    for (const value of Object.values(part)) references(value, found);
  }
  return found;
}

/** The part of an API document that a client of some paths needs. */
export function excerptOf(document, paths) {
  const missing = paths.filter((path) => !(path in document.paths));
  if (missing.length > 0) throw new Error(`The API document has no ${missing.join(', ')}`);
  const excerpt = Object.fromEntries(paths.map((path) => [path, withoutHead(document.paths[path])]));
  const needed = references(excerpt);
  for (const reference of needed) for (const further of references(at(document, reference))) needed.add(further);
  const components = {};
  for (const reference of [...needed].sort()) {
    const [, , section, name] = reference.split('/');
    (components[section] ??= {})[name] = at(document, reference);
  }
  return {
    openapi: document.openapi,
    info: { title: 'TAMS', version: document.info.version },
    paths: excerpt,
    components,
  };
}

function withoutHead(item) {
  const { head: _head, ...others } = item;
  return others;
}

function at(document, reference) {
  return reference
    .slice(2)
    .split('/')
    .reduce((part, name) => part[decodeURIComponent(name)], document);
}

/**
 * TypeScript types of a part of an API document.
 * @param document OpenAPI 3.1
 * @param paths templates such as `/flows/{flowId}`
 */
export async function consoleTypes(document, paths) {
  const types = astToString(await openapiTypescript(structuredClone(excerptOf(document, paths))));
  const head =
    '// Made by `npm run console:types` from the API document of the server; a test fails when it is out of date.\n';
  return prettier.format(head + types, {
    parser: 'typescript',
    singleQuote: true,
    printWidth: 120,
    trailingComma: 'all',
  });
}
