// Writes the console's types of the API (apps/tams-console/src/api/schema.d.ts) from a server's own document, for the paths
// listed in apps/tams-console/api-paths.json: npm run console:types -- http://127.0.0.1:8000 (default).
// With --check it writes nothing and fails when the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { consoleTypes } from '../apps/tams-console/api-types.mjs';
import { readOptions, refuse } from './options.mjs';

const usage = `Usage: npm run console:types -- [URL] [--check]

Writes the console's types of the API from the document of a running server (default http://127.0.0.1:8000).
  --check   writes nothing, and fails when the file is out of date`;
const { values, positionals } = readOptions(usage, { check: { type: 'boolean' } });
const server = positionals[0] ?? 'http://127.0.0.1:8000';
const app = new URL('../apps/tams-console/', import.meta.url);
const file = new URL('src/api/schema.d.ts', app);
const paths = JSON.parse(readFileSync(new URL('api-paths.json', app), 'utf8'));
const answer = await fetch(`${server}/openapi.json`).catch((error) => ({
  ok: false,
  status: error.cause?.code ?? error.message,
}));
if (!answer.ok) refuse(`${server}/openapi.json: ${answer.status}`, usage);
const types = await consoleTypes(await answer.json(), paths);
if (!values.check) writeFileSync(file, types);
else if (types !== readFileSync(file, 'utf8')) {
  console.error(
    'apps/tams-console/src/api/schema.d.ts is not what the server says: npm run console:types makes it again.',
  );
  process.exitCode = 1;
}
