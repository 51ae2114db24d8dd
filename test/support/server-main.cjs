/*
 * The server as a process of its own, for tests that kill it: `node server-main.cjs`, configured by its environment like
 * the real one. TypeScript is compiled as it is loaded, so that no build is needed.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const root = resolve(__dirname, '../..');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    configFile: false,
    swcrc: false,
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

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const library = /^@tams\/([^/]+)$/.exec(request)?.[1];
  return resolveFilename.call(this, library ? join(root, 'libs', library, 'src/index.ts') : request, ...rest);
};

require(join(root, 'apps/tams-api/src/main.ts'));
