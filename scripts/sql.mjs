// `npm run sql -- "select …"`: a question to the metadata store, where no psql is installed. Runbooks use it.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connectTo } from './database-client.mjs';
import { readOptions, refuse } from './options.mjs';

const usage = `Usage: npm run sql -- [options] "statement"

One statement on the metadata store: that of DATABASE_URL (of several hosts the primary), or the embedded PostgreSQL of a server that runs on DATA_DIR.
It runs in a transaction that can only read, unless --write is given.
  --data-dir DIRECTORY   of the server with the embedded PostgreSQL (default DATA_DIR, or ./data)
  --timeout SECONDS      longest it may run (default 30)
  --rows NUMBER          most rows that are printed (default 200)
  --json                 rows as a JSON array, values as PostgreSQL writes them
  --write                outside of any transaction, and able to change: VACUUM, ROLLBACK PREPARED

In the container: docker compose exec api node scripts/sql.mjs "statement"
Ends with 0, 1 when the statement or the connection failed, 2 for wrong options.`;

const { values, positionals } = readOptions(usage, {
  'data-dir': { type: 'string' },
  timeout: { type: 'string' },
  rows: { type: 'string' },
  json: { type: 'boolean' },
  write: { type: 'boolean' },
});
const [statement, ...others] = positionals;
if (!statement?.trim() || others.length > 0) refuse('Give one statement, in quotation marks', usage);
const timeoutSeconds = numberOf('timeout', 30, 3600);
const rowLimit = numberOf('rows', 200, 100_000);

const CONNECT_PATIENCE_MS = 10_000;
/** Most of one value in a table, in characters. */
const CELL_LENGTH = 200;
/** Characters that a terminal would act on. */
const CONTROL = /[\p{Cc}\p{Cf}]/gu;

function numberOf(name, byDefault, largest) {
  const value = Number(values[name] ?? byDefault);
  if (!(Number.isInteger(value) && value >= 1 && value <= largest))
    refuse(`--${name} is a whole number from 1 to ${largest}`, usage);
  return value;
}

/** Where the metadata store is: as the server finds it. */
function connectionString() {
  if (values['data-dir'] === undefined && process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const directory = resolve(values['data-dir'] ?? (process.env.DATA_DIR || './data'));
  const read = (name) => readFileSync(join(directory, 'postgres', name), 'utf8').trim();
  try {
    return `postgres://tams:${encodeURIComponent(read('password'))}@127.0.0.1:${read('port')}/tams`;
  } catch (error) {
    return fail(
      error.code === 'EACCES'
        ? `${error.path} belongs to the account of the server: be that account, or root.`
        : `${directory} holds no embedded PostgreSQL. Name the directory of a server with --data-dir, or set DATABASE_URL.`,
    );
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Why it failed, as far as the error knows; where several addresses were tried, it has no text of its own. */
function reasonOf(error) {
  const texts = error.errors?.map(({ message }) => message) ?? [error.message];
  const position = error.position === undefined ? '' : ` (at character ${error.position})`;
  const hint = error.code === 'ECONNREFUSED' ? ' Does the server, or PostgreSQL, run?' : '';
  return `${error.severity ? `${error.severity} ${error.code}: ` : ''}${texts.join('; ')}${position}${hint}`;
}

async function ask() {
  const client = await connectTo(connectionString(), {
    application_name: 'tams-sql',
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
    query_timeout: (timeoutSeconds + 5) * 1000,
    // Every value as PostgreSQL writes it: no date is moved, no number rounded.
    types: { getTypeParser: () => (text) => text },
  });
  try {
    await client.query(`SET statement_timeout = '${timeoutSeconds}s'`);
    if (!values.write) await client.query('BEGIN READ ONLY');
    // One statement: nobody leaves the transaction by a semicolon.
    return await client.query({ text: statement, values: [], rowMode: 'array', queryMode: 'extended' });
  } finally {
    await client.end();
  }
}

function printable(value) {
  const text = (value ?? '').replaceAll(CONTROL, ' ');
  return text.length > CELL_LENGTH ? `${text.slice(0, CELL_LENGTH - 1)}…` : text;
}

function printTable(names, rows) {
  const cells = [names, ...rows].map((row) => row.map(printable));
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join(' | ')
      .trimEnd();
  console.log(line(cells[0]));
  console.log(widths.map((width) => '-'.repeat(width)).join('-+-'));
  for (const row of cells.slice(1)) console.log(line(row));
}

try {
  const { fields, rows, command, rowCount } = await ask();
  const names = fields.map(({ name }) => name);
  const shown = rows.slice(0, rowLimit);
  if (values.json) {
    console.log(JSON.stringify(shown.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))));
  } else if (names.length === 0) {
    console.log(`${command}${rowCount === null ? '' : ` ${rowCount}`}`);
  } else {
    printTable(names, shown);
    console.log(
      `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${shown.length < rows.length ? `, ${shown.length} shown` : ''})`,
    );
  }
} catch (error) {
  fail(reasonOf(error));
}
