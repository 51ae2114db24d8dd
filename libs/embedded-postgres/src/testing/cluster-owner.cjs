/*
 * A Node process that owns a cluster, for tests that kill it, refuse it or run it as another user:
 *
 *     node cluster-owner.cjs <data directory> [end with: exit | idle]
 *
 * It prints one line of JSON, `{"connectionUrl", "pid"}` (the postmaster's id) or `{"error", "code"}`, then ends as told;
 * without being told it stays, and it has no handler for signals, so they do to it what they do to a bare program.
 */
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    configFile: false,
    swcrc: false,
    jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};

const { EmbeddedPostgres } = require('../embedded-postgres.ts');

const [dataDirectory, ending] = process.argv.slice(2);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

EmbeddedPostgres.start({ dataDirectory, durable: process.env.DURABLE !== 'no', log: () => undefined }).then(
  (cluster) => {
    say({ connectionUrl: cluster.connectionUrl, pid: cluster.pid });
    if (ending === 'exit') process.exit(0);
    if (ending !== 'idle') setInterval(() => cluster.pid, 60_000);
  },
  (error) => say({ error: error.message, code: error.code }),
);
