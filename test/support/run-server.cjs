/**
 * Runs apps/tams-api (main.ts, or the program named by the first argument) from its sources, as a process of its own that a
 * test can kill; no build is needed.
 */
const { join } = require('node:path');
require('./run-typescript.cjs');

// The rest of the arguments are the program's own.
const [program = 'apps/tams-api/src/main.ts'] = process.argv.splice(2, 1);
require(join(__dirname, '../..', program));
// A killed process would take what it compiled along.
require('node:module').flushCompileCache();
