import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { currentCorrelation } from '../correlation';
import { metrics } from '../metrics/metrics';
import type { HistogramSeries, NumberSeries } from '../metrics/series';
import { onlyTable, type StatementSummary, summarize } from './statement-text';
import { errorTypeOf, exemplarOf, startChildSpan } from './spans';
import type { Step } from '../work/work';

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

/** Every statement this process has made, as far as they are remembered: what tests hold against the rules for statements. */
export function statementsMade(): readonly string[] {
  return [...known.keys()];
}

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
