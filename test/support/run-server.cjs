/**
 * Runs apps/tams-api (main.ts, or the program named by the first argument) from its sources, as a process of its own that a test can kill. The same transformation as Jest's,
 * so that no build is needed.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const root = resolve(__dirname, '../..');
const library = /^@tams\/([^/]+)$/;

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  const [, name] = library.exec(request) ?? [];
  return resolveFilename(name === undefined ? request : join(root, 'libs', name, 'src/index.ts'), ...rest);
};

Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  });
  module._compile(code, filename);
};

// The rest of the arguments are the program's own.
const [program = 'apps/tams-api/src/main.ts'] = process.argv.splice(2, 1);
require(join(root, program));
