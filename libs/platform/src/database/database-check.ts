import type { Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { appliedMigrationsIn, poolOf } from './data-source';

/** The database answers and cannot be used as it is; the message says what to do. */
export class UnusableDatabaseError extends Error {
  override readonly name = 'UnusableDatabaseError';
}

/** What must be known beside the database itself. */
export interface DatabaseExpectations {
  /** Whether what needs a session of its own has another way to the database (`DATABASE_DIRECT_URL`). */
  readonly hasDirectUrl: boolean;
  /** PostgreSQL schema of the job queue. */
  readonly jobSchema: string;
}

/**
 * Looks, before anything is changed, whether the program can work with a database: its encoding, what a pooler between does
 * to sessions, and the rights of its role.
 * @throws {UnusableDatabaseError}
 */
export async function requireUsable(dataSource: DataSource, expectations: DatabaseExpectations): Promise<void> {
  const pool = poolOf(dataSource);
  await requireEncoding(pool);
  await requireSessions(pool, expectations.hasDirectUrl);
  const names = dataSource.migrations.map(({ name }) => name ?? '');
  await requireRights(pool, names, expectations.jobSchema);
}

async function requireEncoding(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ encoding: string; database: string }>(
    `SELECT current_setting('server_encoding') AS encoding, current_database() AS database`,
  );
  const [row] = rows;
  if (row?.encoding === 'UTF8') return;
  throw new UnusableDatabaseError(
    `The database ${row?.database} has the encoding ${row?.encoding}, and cannot keep every text. ` +
      `Make one that has UTF8: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.`,
  );
}

/** SQLSTATEs of a prepared statement that is not where it was made, or is there although another client made it. */
const STRAYED = new Set(['26000', '42P05']);

async function requireSessions(pool: Pool, hasDirectUrl: boolean): Promise<void> {
  const [one, other] = [await pool.connect(), await pool.connect()];
  try {
    const shared = await shareSessions(one, other);
    if (!shared || hasDirectUrl) return;
    throw new UnusableDatabaseError(
      'DATABASE_URL leads through a pooler that shares sessions between its clients (PgBouncer: pool_mode = transaction). ' +
        'Migrations and background jobs need a session of their own: set DATABASE_DIRECT_URL to one that does not.',
    );
  } catch (error) {
    if (!STRAYED.has((error as { code?: string }).code ?? '')) throw error;
    throw new UnusableDatabaseError(
      'DATABASE_URL leads through a pooler that loses prepared statements (PgBouncer before 1.21 with pool_mode = transaction). ' +
        'Set pool_mode = session for this database, or use PgBouncer 1.21 with max_prepared_statements above 0.',
      { cause: error },
    );
  } finally {
    one.release(true);
    other.release(true);
  }
}

/** Whether two connections of ours can be in one session of PostgreSQL, one after the other. */
async function shareSessions(one: PoolClient, other: PoolClient): Promise<boolean> {
  const session = async (client: PoolClient): Promise<number | undefined> => {
    const asked = { name: 'session_check', text: 'SELECT pg_backend_pid() AS pid' };
    return (await client.query<{ pid: number }>(asked)).rows[0]?.pid;
  };
  const before = await session(one);
  await other.query('BEGIN');
  const meanwhile = await session(other);
  const after = await session(one);
  await other.query('ROLLBACK');
  return before === meanwhile || before !== after;
}

interface Rights {
  readonly role: string;
  readonly database: string;
  readonly schema: string | null;
  readonly may_create: boolean | null;
  readonly may_create_schema: boolean;
  /** Null when the schema of jobs is not there yet. */
  readonly may_use_jobs: boolean | null;
  /** Who owns the tables; null when there are none yet. */
  readonly owner: string | null;
  readonly is_owner: boolean | null;
  readonly closed_tables: boolean;
}

const RIGHTS = `
  WITH ours AS (SELECT relowner FROM pg_class WHERE oid = to_regclass('schema_migrations'))
  SELECT current_user AS role, current_database() AS database, current_schema() AS schema,
         has_schema_privilege(current_schema(), 'CREATE') AS may_create,
         has_database_privilege(current_database(), 'CREATE') AS may_create_schema,
         CASE WHEN to_regnamespace($1) IS NOT NULL THEN has_schema_privilege($1, 'USAGE') END AS may_use_jobs,
         (SELECT pg_get_userbyid(relowner) FROM ours) AS owner,
         (SELECT pg_has_role(relowner, 'USAGE') FROM ours) AS is_owner,
         EXISTS (SELECT 1 FROM pg_class c JOIN ours USING (relowner)
                  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
                    AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                             AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))) AS closed_tables`;

/** @param migrations names of all migrations, to know whether any is pending */
async function requireRights(pool: Pool, migrations: readonly string[], jobSchema: string): Promise<void> {
  const { rows } = await pool.query<Rights>(RIGHTS, [jobSchema]);
  const [rights] = rows;
  if (!rights) throw new Error('PostgreSQL did not say what the role may do.');
  const grants = await missingGrants(rights, jobSchema, () => isUpToDate(pool, migrations));
  if (grants.length === 0) return;
  throw new UnusableDatabaseError(
    `The role ${rights.role} lacks rights in the database ${rights.database}. As its owner or a superuser:\n` +
      grants.map((grant) => `  ${grant};`).join('\n'),
  );
}

async function missingGrants(rights: Rights, jobSchema: string, upToDate: () => Promise<boolean>): Promise<string[]> {
  const role = quoted(rights.role);
  if (rights.schema === null) return [`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`];
  const schema = quoted(rights.schema);
  const grants: string[] = [];
  if (rights.closed_tables)
    grants.push(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
  if (rights.may_use_jobs === null && !rights.may_create_schema)
    grants.push(`GRANT CREATE ON DATABASE ${quoted(rights.database)} TO ${role}`);
  if (rights.may_use_jobs === false) grants.push(`GRANT USAGE ON SCHEMA ${quoted(jobSchema)} TO ${role}`);
  if (rights.closed_tables || (await upToDate())) return grants;
  if (!rights.may_create) grants.push(`GRANT CREATE ON SCHEMA ${schema} TO ${role}`);
  if (rights.is_owner === false && rights.owner !== null) grants.push(`GRANT ${quoted(rights.owner)} TO ${role}`);
  return grants;
}

/** Whether no migration is pending, so that nothing needs to be created or changed. */
async function isUpToDate(pool: Pool, migrations: readonly string[]): Promise<boolean> {
  const applied = new Set(await appliedMigrationsIn(pool));
  return migrations.every((name) => applied.has(name));
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
