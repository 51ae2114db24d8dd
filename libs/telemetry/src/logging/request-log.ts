import { nowText } from './clock-text';
import { logger, writeLine } from './logger';
import { maySmuggleSecrets } from './redaction';

/** A request that has ended, as its line in the log tells of it. */
export interface RequestRecord {
  readonly correlation_id: string;
  readonly trace_id: string | undefined;
  readonly span_id: string | undefined;
  readonly method: string | undefined;
  /** Template of its route. */
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly duration_ms: number;
  readonly bytes: number | undefined;
  /** Address of the client, as far as proxies are trusted. */
  readonly client: string;
  /** The Flow its path names. */
  readonly flow_id: string | undefined;
  /** SQL statements it took. */
  readonly statements: number;
  /** Time they took, added up. */
  readonly database_ms: number;
  /** Time calls to storage backends took, added up; absent without any. */
  readonly storage_ms: number | undefined;
  readonly principal: string | undefined;
  readonly problem: string | undefined;
  /** What the server knows of the cause of a problem that is not the client's doing. */
  readonly cause: string | undefined;
}

/**
 * Writes the line of a request. There is one for each, so it is put together here: through pino, which takes any object,
 * and the look for secrets in the whole of a line, it cost three times as much. What clients choose is looked at; a record
 * that may hold a secret goes the usual way.
 */
export function logRequest(record: RequestRecord): void {
  const level = levelOf(record);
  if (!logger.isLevelEnabled(level)) return;
  const chosenByClients = `${record.correlation_id} ${record.path} ${record.flow_id ?? ''} ${record.principal ?? ''} ${record.cause ?? ''}`;
  if (maySmuggleSecrets(chosenByClients)) logger[level](record, 'request');
  else writeLine(lineOf(level, record));
}

/** Routes that are asked again and again whether all is well. */
const probes: ReadonlySet<string> = new Set(['/livez', '/readyz', '/health', '/metrics']);

/** Whether a route is one that asks whether all is well: that it is, is no news, and nobody waits for it. */
export function isProbe(route: string): boolean {
  return probes.has(route);
}

function levelOf({ status, route }: RequestRecord): 'debug' | 'info' | 'error' {
  if (status >= 500) return 'error';
  return status < 400 && isProbe(route) ? 'debug' : 'info';
}

function lineOf(level: string, record: RequestRecord): string {
  const identity = `"correlation_id":"${record.correlation_id}"${text('trace_id', record.trace_id)}${text('span_id', record.span_id)}`;
  const request = `,"method":"${record.method ?? ''}","route":${JSON.stringify(record.route)},"path":${JSON.stringify(record.path)}`;
  const answer = `,"status":${record.status},"duration_ms":${record.duration_ms}${record.bytes === undefined ? '' : `,"bytes":${record.bytes}`}`;
  const costs = `${text('flow_id', record.flow_id)},"statements":${record.statements},"database_ms":${record.database_ms}${record.storage_ms === undefined ? '' : `,"storage_ms":${record.storage_ms}`}`;
  const cause = `,"client":${JSON.stringify(record.client)}${text('principal', record.principal)}${text('problem', record.problem)}${text('cause', record.cause)}`;
  return `{"level":"${level}","time":"${nowText()}",${identity}${request}${answer}${costs}${cause},"msg":"request"}\n`;
}

/** A further field, left out where there is none. */
function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}
