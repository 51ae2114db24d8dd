// Runs a TypeScript program of this repository without building it: node scripts/run-typescript.mjs FILE.ts [arguments]
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { dirname, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = dirname(import.meta.dirname);
const options = {
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
};

/** The file a TypeScript import without extension means; undefined for packages. */
function typescriptFile(specifier, parent) {
  const library = /^@tams\/([^/]+)$/.exec(specifier)?.[1];
  const base = library ? resolvePath(root, 'libs', library, 'src') : resolvePath(dirname(parent), specifier);
  if (!library && !specifier.startsWith('.')) return undefined;
  return [`${base}.ts`, resolvePath(base, 'index.ts')].find((file) => existsSync(file));
}

registerHooks({
  resolve(specifier, context, next) {
    const parent = context.parentURL?.endsWith('.ts') ? fileURLToPath(context.parentURL) : undefined;
    const file = parent && typescriptFile(specifier, parent);
    return file ? { url: pathToFileURL(file).href, format: 'commonjs', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
    const filename = fileURLToPath(url);
    const source = transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code;
    return { format: 'commonjs', source, shortCircuit: true };
  },
});

const program = resolvePath(process.argv[2] ?? '');
process.argv.splice(1, 2, program);
createRequire(import.meta.url)(program);
