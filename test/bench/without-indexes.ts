import type { Client } from 'pg';

/**
 * Runs `fill` within the transaction while these tables have no indexes, no constraints that need one, and no triggers; then
 * makes all of them again. Sorting rows once is several times faster than placing each. What refers to other tables is not
 * checked for the rows that were filled in.
 */
export async function withoutIndexes(
  database: Client,
  tables: readonly string[],
  fill: () => Promise<void>,
): Promise<void> {
  await database.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  const constraints = await constraintsOf(database, tables);
  const indexes = await indexesOf(database, tables);
  for (const table of tables) await database.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  // What refers to a key goes before the key.
  for (const { table, name } of constraints) await database.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes) await database.query(`DROP INDEX ${name}`);
  // What is written to a table that is new within the transaction needs no write-ahead log, where PostgreSQL keeps little of it.
  for (const table of tables) {
    const { rowCount } = await database.query(`SELECT FROM ${table} LIMIT 1`);
    if (rowCount === 0) await database.query(`TRUNCATE ${table}`);
  }
  await fill();
  await database.query(`SET LOCAL maintenance_work_mem = '512MB'`);
  for (const { definition } of indexes) await database.query(definition);
  for (const { table, name, definition } of constraints.toReversed()) {
    await database.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  }
  for (const table of tables) await database.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}

interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** Keys of the tables, and all that refers to or from them; references first. */
async function constraintsOf(database: Client, tables: readonly string[]): Promise<Constraint[]> {
  const { rows } = await database.query<Constraint>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
            pg_get_constraintdef(oid) || CASE contype WHEN 'f' THEN ' NOT VALID' ELSE '' END AS definition
       FROM pg_constraint
      WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY($1::regclass[]) OR (contype = 'f' AND confrelid = ANY($1::regclass[])))
      ORDER BY contype = 'f' DESC, conname`,
    [tables],
  );
  return rows;
}

async function indexesOf(
  database: Client,
  tables: readonly string[],
): Promise<{ readonly name: string; readonly definition: string }[]> {
  const { rows } = await database.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
      WHERE i.indrelid = ANY($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
      ORDER BY 1`,
    [tables],
  );
  return rows;
}
