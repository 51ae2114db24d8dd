import type { ClientBase } from 'pg';

/** What a version of the server relies on in the database, a line each, by name. */
export interface Schema {
  readonly columns: ReadonlyMap<string, Column>;
  /** Unique indexes and constraints that an INSERT or UPDATE must meet, by table and definition. */
  readonly rules: ReadonlyMap<string, string>;
}

interface Column {
  readonly table: string;
  readonly type: string;
  /** Whether an INSERT must name it. */
  readonly required: boolean;
  readonly nullable: boolean;
}

const COLUMNS = `
  SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
         a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS required
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
   WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`;

/** By their definitions and not by their names, which nothing relies on. */
const RULES = `
  SELECT c.relname AS "table", pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
   WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('c', 'f', 'x')
   UNION
  SELECT c.relname, 'UNIQUE' || substring(pg_get_indexdef(i.indexrelid) FROM ' USING .*$')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
   WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique`;

/** Reads the tables of the current schema. */
export async function readSchema(client: ClientBase): Promise<Schema> {
  const { rows: columns } = await client.query<Column & { readonly name: string }>(COLUMNS);
  const { rows: rules } = await client.query<{ readonly table: string; readonly definition: string }>(RULES);
  return {
    columns: new Map(columns.map((column) => [`${column.table}.${column.name}`, column])),
    rules: new Map(rules.map(({ table, definition }) => [`${table} ${definition}`, table])),
  };
}

/**
 * What of a change the version before cannot live with while it still runs beside the new one: it reads and writes the tables it
 * knows as it always did. Nothing for a change that only adds.
 */
export function breakingChanges(before: Schema, after: Schema): string[] {
  const tables = new Set([...before.columns.values()].map(({ table }) => table));
  const found: string[] = [];
  for (const [name, old] of before.columns) {
    const now = after.columns.get(name);
    if (!now) found.push(`${name} is gone`);
    else if (now.type !== old.type) found.push(`${name} was ${old.type}, is ${now.type}`);
    else if (old.nullable && !now.nullable) found.push(`${name} must not be null any more`);
    else if (now.required && !old.required) found.push(`${name} has no default any more`);
  }
  for (const [name, { table, required }] of after.columns)
    if (required && tables.has(table) && !before.columns.has(name)) found.push(`${name} is new and must be given`);
  for (const [rule, table] of after.rules)
    if (tables.has(table) && !before.rules.has(rule)) found.push(`new rule: ${rule}`);
  // ON CONFLICT names the columns of a unique index, and fails without it.
  for (const rule of before.rules.keys())
    if (rule.includes(' UNIQUE USING ') && !after.rules.has(rule)) found.push(`no unique index any more: ${rule}`);
  return found;
}
