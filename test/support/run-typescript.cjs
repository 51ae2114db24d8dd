/*
 * Lets plain Node run the project's TypeScript in a child process of a test: `node --require run-typescript.cjs main.ts`.
 * swc transforms each file as it does for Jest, and `@tams/<library>` means the library's sources. What was transformed and
 * compiled once is kept in node_modules/.cache, so that only the first process of a change pays for it.
 */
const { createHash, randomUUID } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync, version } = require('@swc/core');

const root = join(__dirname, '../..');
const cache = join(root, 'node_modules/.cache/tams-tests');
const options = {
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
};
const settings = `${version} ${JSON.stringify(options)}`;

mkdirSync(cache, { recursive: true });
Module.enableCompileCache(cache);

require.extensions['.ts'] = (module, filename) => {
  module._compile(transformed(filename), filename);
};

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  const library = /^@tams\/([^/]+)$/.exec(request)?.[1];
  return resolve.call(Module, library ? join(root, 'libs', library, 'src') : request, ...rest);
};

function transformed(filename) {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(`${settings}\n${filename}\n${source}`).digest('hex');
  const kept = join(cache, `${key}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = transformSync(source, { filename, ...options });
    // Whole or not at all: other processes read it at the same time.
    const unfinished = `${kept}.${randomUUID()}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, kept);
    return code;
  }
}
