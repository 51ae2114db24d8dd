import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { currentCorrelation } from '../correlation';
import { metrics } from '../metrics/metrics';
import type { HistogramSeries, NumberSeries } from '../metrics/series';
import { errorTypeOf, exemplarOf, startChildSpan } from './spans';
import type { Step } from '../work/work';

/** What a statement does and to which table, without its values. */
export interface StatementSummary {
  /** `SELECT flows`: name of the span and `db.query.summary`. */
  readonly summary: string;
  readonly operation: string;
  readonly table: string | undefined;
}

/** Where statements run, as spans name it. */
export interface DatabaseServer {
  /** Host, address, or path of a socket. */
  readonly address: string;
  readonly port: number;
  /** Name of the database. */
  readonly namespace: string;
}

/** A code of PostgreSQL. */
const SQL_STATE = /^[0-9A-Z]{5}$/;
/** What a span keeps of a statement, in characters. */
const KEPT_TEXT_LENGTH = 2_000;

interface StatementSeries {
  readonly duration: HistogramSeries;
  readonly failures: NumberSeries;
}

interface KnownStatement extends StatementSummary {
  /** With its placeholders, on one line. */
  readonly text: string;
  /** The one table it names; `undefined` where it names several, and none of them is *the* one. */
  readonly collection: string | undefined;
  /** As part of answering a request. */
  readonly request: StatementSeries;
  /** What the server does by itself. */
  readonly background: StatementSeries;
}

/** Statements put together piece by piece have many forms; those beyond this are read anew each time. */
const MAXIMUM_KNOWN_STATEMENTS = 2_000;
const known = new Map<string, KnownStatement>();

/**
 * Runs one SQL statement, counting how long it took and, inside a sampled trace, as a span. Neither holds values.
 * @param text the statement with placeholders
 * @param run is told where to note which session of PostgreSQL runs the statement, inside requests, jobs and deliveries
 */
export async function observeQuery<Result>(
  text: string,
  server: DatabaseServer,
  run: (step: Step | undefined) => Promise<Result>,
): Promise<Result> {
  const statement = known.get(text) ?? learn(text);
  const correlation = currentCorrelation();
  const costs = correlation?.costs;
  const series = costs ? statement.request : statement.background;
  const span = startChildSpan(statement.summary, SpanKind.CLIENT);
  if (span?.isRecording()) {
    span.setAttributes({
      'db.system.name': 'postgresql',
      'db.query.summary': statement.summary,
      'db.operation.name': statement.operation,
      'db.query.text': statement.text,
      'db.namespace': server.namespace,
      'server.address': server.address,
      'server.port': server.port,
    });
    if (statement.collection) span.setAttribute('db.collection.name', statement.collection);
  }
  const step = correlation?.work?.step('statement', statement.summary);
  let failure: string | undefined;
  const start = performance.now();
  try {
    return await run(step);
  } catch (error) {
    series.failures.add();
    const type = (failure = errorTypeOf(error));
    span?.setAttribute('error.type', type);
    // The code of a failed connection is the system's, not PostgreSQL's.
    if (SQL_STATE.test(type)) span?.setAttribute('db.response.status_code', type);
    span?.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    const milliseconds = performance.now() - start;
    if (costs) {
      costs.statements += 1;
      costs.databaseMilliseconds += milliseconds;
    }
    if (step) correlation?.work?.endStep(step, failure);
    series.duration.observe(milliseconds / 1000, exemplarOf(span));
    span?.end();
  }
}

function learn(text: string): KnownStatement {
  const summary = summarize(text);
  const seriesOf = (cause: 'request' | 'background'): StatementSeries => {
    const labels = { query_type: summary.operation.toLowerCase(), cause };
    return { duration: metrics.queryDuration.series(labels), failures: metrics.queryErrors.series(labels) };
  };
  const statement = {
    ...summary,
    text: text.replaceAll(/\s+/g, ' ').trim().slice(0, KEPT_TEXT_LENGTH),
    collection: onlyTable(text),
    request: seriesOf('request'),
    background: seriesOf('background'),
  };
  if (known.size < MAXIMUM_KNOWN_STATEMENTS) known.set(text, statement);
  return statement;
}

/** Reads the verb and the first table of a statement. */
export function summarize(text: string): StatementSummary {
  const outermost = withoutParentheses(text);
  const operation = (
    /\b(SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK)\b/i.exec(outermost)?.[1] ??
    /\b(SELECT|INSERT|UPDATE|DELETE)\b/i.exec(text)?.[1] ??
    /\w+/.exec(text)?.[0] ??
    'OTHER'
  ).toUpperCase();
  const table = tableOf(operation, outermost) ?? tableOf(operation, text);
  return { summary: table ? `${operation} ${table}` : operation, operation, table };
}

function tableOf(operation: string, text: string): string | undefined {
  switch (operation) {
    case 'INSERT':
      return /\bINTO\s+([a-z_]\w*)/i.exec(text)?.[1];
    case 'UPDATE':
      return /\bUPDATE\s+(?:ONLY\s+)?([a-z_]\w*)/i.exec(text)?.[1];
    case 'SELECT':
    case 'DELETE':
      // "FROM (SELECT ... FROM flows" reads flows too, before any look at the subqueries of its columns.
      return (/\bFROM\s*\(\s*SELECT[^()]*\bFROM\s+([a-z_]\w*)/i.exec(text) ?? /\bFROM\s+([a-z_]\w*)/i.exec(text))?.[1];
    default:
      return undefined;
  }
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

/** The table of a statement that reads or writes one only. */
export function onlyTable(text: string): string | undefined {
  const tables = new Set(
    [...text.matchAll(/\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+|LATERAL\s+)?([a-z_]\w*|\()/gi)].map(
      ([, table]) => table,
    ),
  );
  const [first] = tables;
  return tables.size === 1 && first !== '(' ? first : undefined;
}
