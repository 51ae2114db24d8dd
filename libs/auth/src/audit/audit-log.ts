import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { destination as openDestination } from 'pino';
import { legible } from '../principal';

/** Longest text of a field, and most identifiers of one line. */
const MAXIMUM_FIELD_LENGTH = 256;
const MAXIMUM_IDENTIFIERS = 8;

/** One line of the audit log: who did what to which resource, or was not allowed to. */
export interface AuditEntry {
  readonly audit: 'change' | 'refusal';
  /** Name of the principal; absent when nobody said who they are, or a signed URL spoke for them. */
  readonly principal?: string;
  readonly principal_id?: string;
  readonly authentication?: string;
  readonly method: string;
  /** Template of the route, or `unmatched`. */
  readonly route: string;
  /** Identifiers in the path, by parameter. */
  readonly resource: Readonly<Record<string, string>>;
  readonly outcome: string;
  readonly status: number;
  readonly correlation_id: string;
  /** Address of the client, as the trusted proxies tell it. */
  readonly source: string;
}

/** Where audit lines go. */
export interface AuditSink {
  write(entry: AuditEntry): void;
  close(): void;
}

/** To the server's own log, changes as information and refusals as warnings. */
export function logSink(): AuditSink {
  const logger = new Logger('Audit');
  return {
    write(entry) {
      const message = `${entry.method} ${entry.route} ${entry.outcome}`;
      if (entry.audit === 'change') logger.log(entry, message);
      else logger.warn(entry, message);
    },
    close: () => undefined,
  };
}

/** To a file of its own, a JSON line each, whatever the level of the server's log. */
export function fileSink(path: string): AuditSink {
  const file = openDestination({ dest: path, append: true, mkdir: true, sync: true });
  return {
    write(entry) {
      file.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
    },
    close() {
      file.end();
    },
  };
}

/** What there is to say of an answered request; `undefined` for reading and for what failed for other reasons. */
export function auditEntryOf(request: FastifyRequest, reply: FastifyReply): AuditEntry | undefined {
  const { statusCode: status } = reply;
  const refused = status === 401 || status === 403 || status === 429;
  const changes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  if (!refused && !(changes && status < 400)) return undefined;
  const { principal } = request;
  return {
    audit: refused ? 'refusal' : 'change',
    ...(principal && {
      principal: principal.name,
      principal_id: field(principal.id),
      authentication: principal.method,
    }),
    method: request.method,
    route: request.routeOptions.url ?? 'unmatched',
    resource: resourceOf(request),
    outcome: refused ? (request.problemCode ?? 'refused') : 'done',
    status,
    correlation_id: request.id,
    source: request.ip,
  };
}

function resourceOf(request: FastifyRequest): Record<string, string> {
  const parameters = Object.entries((request.params ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    parameters
      .filter(([name]) => name !== '*')
      .slice(0, MAXIMUM_IDENTIFIERS)
      .map(([name, value]) => [name, field(String(value))]),
  );
}

/** What a client wrote, as it may stand in a log: bounded, and unable to begin a line or move a cursor. */
function field(text: string): string {
  return legible(text, MAXIMUM_FIELD_LENGTH);
}
