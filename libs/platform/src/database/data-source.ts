import { setTimeout as delay } from 'node:timers/promises';
import { type ClientBase, Pool, type PoolConfig } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import type { Connection } from './database';
import { targetOfUrl } from './database-hosts';
import { prepareSession, type SessionSettings } from './session-settings';
import { typeParsers } from './type-parsers';

/** A step from one shape of the tables to the next; its name says when it was written. */
export type Migration = new () => MigrationInterface;

/** What the connection pool needs to know. */
export interface DataSourceOptions {
  /** `postgres://` URL, of several hosts if need be. */
  readonly url: string;
  /** Most connections of the pool. */
  readonly poolSize: number;
  /** Longest one statement may run, in seconds. */
  readonly statementTimeoutSeconds: number;
  /** What {@link migrate} applies, oldest first; none for a data source that only reads and writes. */
  readonly migrations?: readonly Migration[];
}

/** How long a read waits for a connection to a replica, in milliseconds: the primary answers as well. */
const READ_CONNECT_MS = 1_000;
/** How long a start waits for a PostgreSQL that is not up yet, in milliseconds. */
const CONNECT_PATIENCE_MS = 60_000;
const CONNECT_RETRY_MS = 1_000;
/** "TAMS" in ASCII: the advisory lock that lets one replica migrate while the others wait. */
const MIGRATION_LOCK = 0x54414d53;

/**
 * Listens for the errors of a connection as long as it lives. The pool listens only while a connection is idle, and
 * whoever takes it can listen only after an `await`: in between, PostgreSQL ending a session would end this process. The
 * error itself is not lost: every later statement on that connection fails, and the pool does not take it back.
 */
function listenForErrors(client: ClientBase): void {
  client.on('error', () => undefined);
}

/** What happens to a new connection before anybody uses it. */
function openingWith(settings: SessionSettings): (client: ClientBase) => Promise<void> {
  return async (client) => {
    listenForErrors(client);
    await prepareSession(client, settings);
  };
}

/** The TypeORM data source: pool and migrations. Tables are never synchronised from code. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const { connectionString, stream } = targetOfUrl(options.url);
  return new DataSource({
    type: 'postgres',
    url: connectionString,
    applicationName: 'tams-api',
    poolSize: options.poolSize,
    connectTimeoutMS: 5_000,
    migrations: [...(options.migrations ?? [])],
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    extra: {
      wholeUrl: options.url,
      ...(stream && { stream }),
      ...connectionSettings(options.statementTimeoutSeconds),
    },
  });
}

/** What the connections of all pools have in common. */
function connectionSettings(statementTimeoutSeconds: number): PoolConfig {
  const settings = {
    query_timeout: statementTimeoutSeconds * 1000 + 2_000,
    pipeline: true,
    keepAlive: true,
    // Balancers and firewalls forget a silent connection after 4 to 6 minutes, and tell neither side.
    keepAliveInitialDelayMillis: 60_000,
    // Never: a new connection costs PostgreSQL a process, and is needed in a burst, when that is dearest. A timer for each
    // idle connection would also hold on to the request that used it last.
    idleTimeoutMillis: 0,
    onConnect: openingWith({ statementTimeoutSeconds }),
    types: typeParsers,
  };
  return settings;
}

/** A pool on a read replica; it opens nothing before it is asked. @param options of a URL with one host */
export function createReadPool({ url, poolSize, statementTimeoutSeconds }: DataSourceOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'tams-read',
    max: poolSize,
    connectionTimeoutMillis: READ_CONNECT_MS,
    ...connectionSettings(statementTimeoutSeconds),
  });
  // Of a connection that nobody uses: the next one is opened when it is needed.
  pool.on('error', () => undefined);
  return pool;
}

/** PostgreSQL cannot be reached, or refuses; the message says why and what to check. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

/**
 * Connects, waiting up to a minute for a PostgreSQL that is still starting.
 * @param onWait told at first, and every ten seconds, why it waits and for how long
 * @throws {DatabaseUnreachableError}
 */
export async function connect(dataSource: DataSource, onWait: (reason: string) => void): Promise<void> {
  const deadline = Date.now() + CONNECT_PATIENCE_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      const mayRecover = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET', '57P03'].includes(
        code ?? '',
      );
      const reason = message || (code ?? 'no connection');
      if (!mayRecover || Date.now() > deadline) throw unreachable(reason, mayRecover, error);
      if (attempt % 10 === 0) {
        const seconds = Math.ceil((deadline - Date.now()) / 1000);
        onWait(`PostgreSQL does not answer yet (${reason}); waiting for it up to ${seconds} s more.`);
      }
      await delay(CONNECT_RETRY_MS);
    }
  }
}

function unreachable(reason: string, waited: boolean, cause: unknown): DatabaseUnreachableError {
  const what = waited ? `did not answer within ${CONNECT_PATIENCE_MS / 1000} s` : 'refuses the connection';
  return new DatabaseUnreachableError(
    `PostgreSQL ${what}: ${reason}. Check DATABASE_URL, and that the server and the database it names are there.`,
    { cause },
  );
}

/** The pool below a connected data source. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/** The URL a data source was made with. */
export function urlOf(dataSource: DataSource): string {
  const { extra } = dataSource.options as { readonly extra?: { readonly wholeUrl?: string } };
  if (extra?.wholeUrl === undefined) throw new Error('The data source was made without a URL.');
  return extra.wholeUrl;
}

/** A newer version of this program has changed the tables; what it changed, this one does not know. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError';

  constructor(unknown: readonly string[]) {
    super(
      `The database was changed by a newer version of this program (${unknown.join(', ')}), which this one does not know. ` +
        'Run that version, or restore a backup from before; where the release notes say that this version works on it, set ALLOW_NEWER_DATABASE=true.',
    );
  }
}

/** Names of the migrations a database with tables of ours has seen, oldest first. */
export async function appliedMigrations(connection: Connection): Promise<string[]> {
  const rows = await connection.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY id');
  return rows.map(({ name }) => name);
}

/** The same for any database: none where it has no tables of ours. */
export async function appliedMigrationsIn(pool: Pool): Promise<string[]> {
  const { rows: tables } = await pool.query<{ is_there: boolean }>(
    `SELECT to_regclass('schema_migrations') IS NOT NULL AS is_there`,
  );
  if (!tables[0]?.is_there) return [];
  return appliedMigrations({
    query: async <Result extends object>(text: string) => (await pool.query<Result>(text)).rows,
  });
}

/** @throws {NewerDatabaseError} when the database has seen migrations that are not among those of the data source */
export async function refuseNewerDatabase(dataSource: DataSource): Promise<void> {
  const known = new Set(dataSource.migrations.map(({ name }) => name));
  const unknown = (await appliedMigrationsIn(poolOf(dataSource))).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new NewerDatabaseError(unknown);
}

/**
 * Applies pending migrations, one replica at a time.
 * @param options whether a database that a newer version has changed is accepted
 * @returns names of the migrations applied now
 * @throws {NewerDatabaseError}
 */
export async function migrate(
  dataSource: DataSource,
  options: { readonly allowNewer?: boolean } = {},
): Promise<string[]> {
  const guard = await poolOf(dataSource).connect();
  try {
    // Bound to a transaction and not to the session: a pooler keeps sessions, and their locks, for its next client.
    await guard.query('BEGIN');
    await guard.query('SET LOCAL statement_timeout = 0');
    await guard.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await guard.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    if (!options.allowNewer) await refuseNewerDatabase(dataSource);
    const applied = await applyPatiently(dataSource);
    await guard.query('COMMIT');
    return applied;
  } finally {
    // The lock goes with its transaction, whatever state that is in.
    guard.release(true);
  }
}

/** Applies migrations on a connection of their own: on a large store one takes longer than any request may. */
async function applyPatiently({ options }: DataSource): Promise<string[]> {
  const onConnect = openingWith({ statementTimeoutSeconds: 0 });
  const extra = { ...(options as { readonly extra?: object }).extra, query_timeout: 0, onConnect };
  const patient = new DataSource({ ...options, poolSize: 1, extra } as typeof options);
  await patient.initialize();
  try {
    const applied = await patient.runMigrations({ transaction: 'each' });
    return applied.map((migration) => migration.name);
  } finally {
    await patient.destroy();
  }
}

/** Names of those of the migrations that the database has not seen yet, oldest first. */
export async function pendingMigrations(connection: Connection, migrations: readonly Migration[]): Promise<string[]> {
  const names = new Set(await appliedMigrations(connection));
  return migrations.map((migration) => migration.name).filter((name) => !names.has(name));
}
