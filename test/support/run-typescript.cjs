/*
 * Lets plain Node run the project's TypeScript in a child process of a test: `node --require run-typescript.cjs main.ts`.
 * swc transforms each file as it does for Jest, and `@tams/<library>` means the library's sources.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const libraries = join(__dirname, '../../libs');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    configFile: false,
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  const library = /^@tams\/([^/]+)$/.exec(request)?.[1];
  return resolve.call(Module, library ? join(libraries, library, 'src') : request, ...rest);
};
