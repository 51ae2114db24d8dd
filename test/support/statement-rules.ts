import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What an engine that spreads `segments` by Flow, and `objects` with `object_instances` by object, refuses of a statement or can
 * only answer by asking every machine. Seen on Citus 13.2; see docs/scaling.md.
 */
export const statementRules = {
  'volatile-update': 'An UPDATE of a spread or copied table calls a function whose value changes within the statement.',
  'conflict-function': 'DO UPDATE SET calls a function that is not immutable: take the value from `excluded`.',
  'conflict-parameter': 'A parameter in the condition of DO UPDATE of INSERT … SELECT: take the value from `excluded`.',
  'moment-in-case': 'CASE or COALESCE of an UPDATE holds a function that is not immutable: write two statements.',
  'no-distribution-column': 'A spread table is named without a condition on the column it is spread by.',
  'locks-several': 'FOR UPDATE or FOR SHARE of rows that may lie on several machines: lock one by its key.',
  'joins-apart': 'A join of tables whose rows do not lie together.',
  recursive: 'WITH RECURSIVE over a spread table.',
} as const;

/** Name of a rule. */
export type StatementRule = keyof typeof statementRules;

/** Columns that tables are spread by. */
const DISTRIBUTION: Readonly<Record<string, string>> = {
  segments: 'flow_id',
  objects: 'id',
  object_instances: 'object_id',
};
/** Tables of which every machine may have a copy: what they forbid in an UPDATE is the same. */
const COPIED = ['flows', 'flow_tags', 'flow_collection_items', 'sources', 'source_tags'];
const SPREAD = Object.keys(DISTRIBUTION);
const STORE = [...SPREAD, ...COPIED].join('|');

const VOLATILE = /\b(?:clock_timestamp|timeofday|random|gen_random_uuid|uuidv[47]|nextval)\s*\(/;
const NOT_IMMUTABLE = /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|random|gen_random_uuid)\s*\(/;

/** A place where a statement names a table. */
interface Mention {
  readonly table: string;
  /** What the rest of the statement calls it. */
  readonly alias: string;
  readonly isInsert: boolean;
}

/** A kind of statement that breaks rules for a reason. */
interface Exception {
  readonly name: string;
  /** What each such statement contains, on one line and without texts. */
  readonly contains: readonly string[];
  /** Layouts of `npm run distribute` that refuse it; none where it only asks every machine. */
  readonly layouts: readonly string[];
  readonly reason: string;
}

/** The kinds of statement that may break rules. */
export const { statements: exceptions } = JSON.parse(
  readFileSync(join(__dirname, '../../scripts/statements-apart.json'), 'utf8'),
) as { readonly statements: readonly Exception[] };

/** Statements that break rules and are no exception, each with the rules. */
export function refusedStatements(statements: readonly string[]): string[] {
  return statements.flatMap((statement) => {
    const rules = brokenRules(statement);
    if (rules.length === 0 || exceptionOf(statement)) return [];
    return `${rules.map((rule) => statementRules[rule]).join(' ')}\n${plainText(statement)}`;
  });
}

/** The exception that a statement is, if it is one. */
export function exceptionOf(statement: string): Exception | undefined {
  const text = plainText(statement);
  return exceptions.find(({ contains }) => contains.every((part) => text.includes(part)));
}

/** Rules that a statement breaks. */
export function brokenRules(statement: string): StatementRule[] {
  const text = plainText(statement);
  const mentions = mentionsIn(text);
  const spread = mentions.filter(({ table }) => table in DISTRIBUTION);
  const broken: Record<StatementRule, boolean> = {
    'volatile-update': updatesStore(text) && VOLATILE.test(text),
    'conflict-function': conflictAssignments(text).some((assignments) => NOT_IMMUTABLE.test(assignments)),
    'conflict-parameter':
      /\bINSERT INTO (?:segments|objects|object_instances)\b.*\bSELECT\b.*\bDO UPDATE\b.*\bWHERE\b[^)]*\$\d/.test(text),
    'moment-in-case':
      updatesStore(text) &&
      /\b(?:CASE\b(?:(?!\bEND\b).)*|COALESCE\((?:[^()]|\([^()]*\))*)\b(?:now|\w+_timestamp)\(/i.test(text),
    'no-distribution-column': spread.some((mention) => !isNarrowed(mention, text)),
    'locks-several':
      spread.length > 0 && /\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b/.test(text) && !locksOne(text, mentions),
    'joins-apart': joinsApart(mentions, text),
    recursive: spread.length > 0 && /\bWITH RECURSIVE\b/.test(text),
  };
  return (Object.keys(broken) as StatementRule[]).filter((rule) => broken[rule]);
}

/** On one line, without comments, texts and quotes. */
function plainText(statement: string): string {
  return statement
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, `''`)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Words that may follow a table and are no alias of it. */
const NO_ALIAS =
  /^(?:where|set|on|using|order|group|limit|join|left|cross|inner|select|values|returning|for|union|tablesample|natural|full|right|do|default|and|or|of|skip|nowait)$/i;

function mentionsIn(text: string): Mention[] {
  const naming =
    /\b(?<verb>FROM|JOIN|INTO|UPDATE|USING)\s+(?<list>[a-z_]+(?:\s+(?:AS\s+)?[a-z_]+)?(?:\s*,\s*[a-z_]+(?:\s+(?:AS\s+)?[a-z_]+)?)*)/gi;
  const ofStatement = new Set(
    [...text.matchAll(/(?:\bWITH(?: RECURSIVE)?|,)\s*([a-z_]+)\s*(?:\([^)]*\)\s*)?AS\s*(?:MATERIALIZED\s*)?\(/gi)].map(
      (match) => match[1],
    ),
  );
  return [...text.matchAll(naming)].flatMap(({ groups }) =>
    (groups?.['list'] ?? '').split(',').flatMap((item) => {
      const [table = '', ...rest] = item.trim().split(/\s+/);
      const named = rest.at(-1);
      const alias = named !== undefined && !NO_ALIAS.test(named) ? named : table;
      if (ofStatement.has(table) || NO_ALIAS.test(table)) return [];
      return [{ table, alias, isInsert: groups?.['verb']?.toUpperCase() === 'INTO' }];
    }),
  );
}

/** Whether a condition, or the list of inserted columns, names the column that a table is spread by. */
function isNarrowed({ table, alias, isInsert }: Mention, text: string): boolean {
  const column = DISTRIBUTION[table] ?? '';
  if (isInsert) return new RegExp(`INTO ${table} (?:AS \\w+ )?\\([^)]*\\b${column}\\b`).test(text);
  const name = alias === table ? `(?:${table}\\.)?` : `(?:${alias}\\.)?`;
  return new RegExp(`(?<![\\w.])${name}${column} (?:=|IN\\b)|= ${alias}\\.${column}\\b`, 'i').test(text);
}

/** One row of a spread table, named by its key; tables beside it only by an index of the same machine. */
function locksOne(text: string, mentions: readonly Mention[]): boolean {
  const tables = new Set(mentions.map(({ table }) => table));
  if ([...tables].some((table) => !['objects', 'object_instances'].includes(table))) return false;
  return /\b(?:object_)?id = \$\d/.test(text) && !/\bid (?:= ANY\(|IN \()|\bWITH\b/.test(text);
}

/** Whether spread tables meet others, but for an INSERT whose rows are counted elsewhere, which engines take. */
function joinsApart(mentions: readonly Mention[], text: string): boolean {
  const tables = new Set(
    mentions
      .map(({ table }) => table)
      .filter((table) => new RegExp(`^(?:${STORE}|live_\\w+|webhook\\w*|flow_delete_requests|backfills)$`).test(table)),
  );
  const spread = SPREAD.filter((table) => tables.has(table));
  if (spread.length === 0) return false;
  if (/^WITH added AS \( ?INSERT INTO segments/.test(text)) return false;
  const own = tables.has('segments') ? ['segments'] : ['objects', 'object_instances'];
  if ([...tables].some((table) => !own.includes(table))) return true;
  const areTogether = /\bobject_id = \w+\.id\b|\bid = \w+\.object_id\b|\bSELECT id, [^;]* FROM allocated\b/;
  return spread.length > 1 && !areTogether.test(text);
}

function updatesStore(text: string): boolean {
  return new RegExp(`\\bUPDATE (?:${STORE})\\b`).test(text);
}

/** What DO UPDATE of the store's tables assigns. */
function conflictAssignments(text: string): string[] {
  if (!new RegExp(`\\bINSERT INTO (?:${STORE})\\b`).test(text)) return [];
  return [...text.matchAll(/\bDO UPDATE SET (.*?)(?= WHERE | RETURNING |$)/g)].map((match) => match[1] ?? '');
}
