// Lets plain Node run the benchmark's TypeScript (`node --require ./test/bench/register-typescript.cjs file.ts`): swc
// transforms each file as it does for Jest, and `@tams/*` means the library's index. Child processes inherit it.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..', '..');

Module._extensions['.ts'] = (module, file) => {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2024',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  module._compile(code, file);
};

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  const library = /^@tams\/([^/]+)$/.exec(request)?.[1];
  return resolveFilename(library ? join(root, 'libs', library, 'src', 'index.ts') : request, ...rest);
};
