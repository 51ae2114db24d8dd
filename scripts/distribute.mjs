// `npm run distribute`: checks whether the metadata store can be spread over several machines, and prints how.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectTo } from './database-client.mjs';
import { readOptions, refuse } from './options.mjs';
import { layouts } from './distribution-layouts.mjs';

const usage = `Usage: npm run distribute -- [options]

Spreads the tables that grow with the number of segments over the machines of a distributed engine: Citus 13.2 or newer, of your
own, with the store of DATABASE_URL on its coordinator. Without --apply it changes nothing. Read docs/scaling.md first: this version
of the server does not serve a store that is spread.
  --layout NAME   objects (default): segments by Flow, objects with their instances by object
                  reference: segments by Flow, all that they refer to on every machine
  --check         only say whether the store is ready for it
  --apply         carry the statements out, one after the other; stop every server of the store before
  --json          the answer as JSON

Ends with 0, 1 when the store is not ready or a statement failed, 2 for wrong options.`;

const { values } = readOptions(usage, {
  layout: { type: 'string' },
  check: { type: 'boolean' },
  apply: { type: 'boolean' },
  json: { type: 'boolean' },
});
const name = values.layout ?? 'objects';
const layout = Object.hasOwn(layouts, name) ? layouts[name] : undefined;
if (!layout) refuse(`There is no layout ${name}`, usage);
if (values.check && values.apply) refuse('Give --check or --apply, not both', usage);
if (!process.env.DATABASE_URL) refuse('Set DATABASE_URL: the embedded PostgreSQL stays on one machine', usage);

/** What was tried with these layouts. */
const NEEDED = [13, 2];
const CONNECT_PATIENCE_MS = 10_000;
/** Statements of the server that layouts refuse, by name; a test holds the list against what the server really asks. */
const { statements } = JSON.parse(readFileSync(join(import.meta.dirname, 'statements-apart.json'), 'utf8'));

/** What speaks against it, in sentences; empty when nothing does. */
async function problemsOf(client) {
  const { rows } = await client.query(`SELECT extversion FROM pg_extension WHERE extname = 'citus'`);
  const version = rows[0]?.extversion;
  if (version === undefined)
    return ['The database has no extension citus: CREATE EXTENSION citus, on a coordinator with workers.'];
  const [major, minor] = version.split(/[.-]/).map(Number);
  if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]))
    return [
      `The extension citus has version ${version}; the layouts were tried with ${NEEDED.join('.')} and need at least that.`,
    ];
  const problems = [];
  const spread = await client.query('SELECT logicalrelid::text AS name FROM pg_dist_partition ORDER BY 1');
  if (spread.rows.length > 0)
    problems.push(`Tables are spread already: ${spread.rows.map((table) => table.name).join(', ')}.`);
  const sessions = await client.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'tams%'`,
  );
  if (sessions.rows[0].count > 0)
    problems.push(`Servers are connected (${sessions.rows[0].count} sessions): stop them first.`);
  return problems;
}

async function main() {
  const client = await connectTo(process.env.DATABASE_URL, {
    application_name: 'distribute',
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
  });
  try {
    const problems = await problemsOf(client);
    report(problems);
    if (problems.length > 0) process.exitCode = 1;
    else if (values.apply) await apply(client);
  } finally {
    await client.end();
  }
}

async function apply(client) {
  for (const statement of layout.statements) {
    console.error(statement);
    await client.query(statement);
  }
}

function report(problems) {
  const apart = statements.filter((statement) => statement.layouts.includes(name));
  if (values.json) {
    const ready = problems.length === 0;
    console.log(
      JSON.stringify({ layout: name, ready, problems, lost: layout.lost, apart, statements: layout.statements }),
    );
    return;
  }
  for (const problem of problems) console.error(`Not ready: ${problem}`);
  if (problems.length === 0) console.error('Ready.');
  console.error(`Lost: ${layout.lost.join('; ')}.`);
  console.error(`${apart.length} kinds of statement of this version are refused in this layout:`);
  for (const { name: statement, reason } of apart) console.error(`  ${statement}: ${reason}`);
  if (!values.check && !values.apply) console.log(layout.statements.map((statement) => `${statement};`).join('\n'));
}

try {
  await main();
} catch (error) {
  console.error(error.errors?.map(({ message }) => message).join('; ') ?? error.message);
  process.exitCode = 1;
}
