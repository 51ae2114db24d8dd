/** What a statement does and to which table, without its values. */
export interface StatementSummary {
  /** `SELECT flows`: name of the span and `db.query.summary`. */
  readonly summary: string;
  readonly operation: string;
  readonly table: string | undefined;
}

/** A table, perhaps with its schema; what parentheses follow is a function. */
const TABLE = String.raw`[a-z_][\w.]*\b(?!\s*\()`;
/** What stands before a table that is read. */
const READ_TABLE = new RegExp(String.raw`\bFROM\s+(?:ONLY\s+)?(${TABLE})`, 'i');
/** "FROM (SELECT ... FROM flows" reads flows too, before any look at the subqueries of its columns. */
const READ_WITHIN = new RegExp(String.raw`\bFROM\s*\(\s*SELECT[^()]*\bFROM\s+(${TABLE})`, 'i');

/** Reads the verb and the first table of a statement. */
export function summarize(text: string): StatementSummary {
  const told = withoutOtherMeanings(text);
  const outermost = withoutParentheses(told);
  const operation = (
    /\b(SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK)\b/i.exec(outermost)?.[1] ??
    /\b(SELECT|INSERT|UPDATE|DELETE)\b/i.exec(told)?.[1] ??
    /\w+/.exec(told)?.[0] ??
    'OTHER'
  ).toUpperCase();
  const table = tableOf(operation, outermost) ?? tableOf(operation, told);
  return { summary: table ? `${operation} ${table}` : operation, operation, table };
}

function tableOf(operation: string, text: string): string | undefined {
  switch (operation) {
    case 'INSERT':
      return /\bINTO\s+([a-z_][\w.]*)/i.exec(text)?.[1];
    case 'UPDATE':
      return /\bUPDATE\s+(?:ONLY\s+)?([a-z_][\w.]*)/i.exec(text)?.[1];
    case 'SELECT':
    case 'DELETE':
      return (READ_WITHIN.exec(text) ?? READ_TABLE.exec(text))?.[1];
    default:
      return undefined;
  }
}

/** Words that elsewhere stand before a table: what locks rows, replaces them, compares, or takes a part of a value. */
const otherMeanings =
  /\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b(?:\s+OF\s+\w+)?|\bDO\s+UPDATE\b|\bDISTINCT\s+FROM\b|\b(?:extract|substring|trim|overlay)\s*\([^()]*?\bFROM\b/gi;

function withoutOtherMeanings(text: string): string {
  // A parenthesis that was opened stays open.
  return text.replaceAll(otherMeanings, (words) => (words.includes('(') ? '(' : ' '));
}

/** Replaces each parenthesised part by `()`, so that only the outermost statement is left. */
function withoutParentheses(text: string): string {
  let depth = 0;
  let result = '';
  for (const character of text) {
    if (character === '(' && (depth += 1) === 1) result += '(';
    else if (character === ')' && depth > 0 && (depth -= 1) === 0) result += ')';
    else if (depth === 0) result += character;
  }
  return result;
}

/** Where a statement names what it works on; a subquery and a quoted name count as somewhere else. */
const places = new RegExp(
  String.raw`\b(?:FROM|JOIN)\s+(?:ONLY\s+|LATERAL\s+)?(${TABLE}|\(|")|\b(?:INTO|UPDATE)\s+(?:ONLY\s+)?([a-z_][\w.]*|")|\bUSING\s+(${TABLE})`,
  'gi',
);
/** "FROM a, b": several, which the list of places does not show. */
const list = /\bFROM\s+[a-z_][\w.]*(?:\s+(?:AS\s+)?(?!WHERE\b|ORDER\b|GROUP\b|LIMIT\b)[a-z_]\w*)?\s*,/i;

/** The table of a statement that reads or writes one only, and nothing it might be mistaken for. */
export function onlyTable(text: string): string | undefined {
  const told = withoutOtherMeanings(text);
  if (list.test(told)) return undefined;
  const tables = new Set([...told.matchAll(places)].map(([, read, written, used]) => read ?? written ?? used));
  const [first] = tables;
  return tables.size === 1 && first !== '(' && first !== '"' ? first : undefined;
}
