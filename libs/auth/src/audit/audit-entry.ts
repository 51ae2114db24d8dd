import { clientAddressOf, endpointOf, redactText } from '@tams/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { legible } from '../principal';
import type { AuditLine } from './audit.schema';

/** Longest text of a field, and most identifiers of one line. */
const MAXIMUM_FIELD_LENGTH = 256;
const MAXIMUM_IDENTIFIERS = 8;

/** A line of the audit log before it is written: who did what to which resource, was not allowed to, or is about to (`AUDIT_REQUIRED`). */
export type AuditEntry = Readonly<Omit<AuditLine, 'time'>>;

/** What there is to say of an answered request; `undefined` for reading and for what failed for other reasons. */
export function auditEntryOf(request: FastifyRequest, reply: FastifyReply): AuditEntry | undefined {
  const { statusCode: status } = reply;
  const refused = status === 401 || status === 403 || status === 429;
  if (!refused && !(mayChange(request) && status < 400)) return undefined;
  const audit = refused ? 'refusal' : 'change';
  return { ...entryOf(request, audit, refused ? (request.problemCode ?? 'refused') : 'done'), status };
}

/** What there is to say of a change before it is made; `undefined` for what changes nothing. */
export function auditAttemptOf(request: FastifyRequest): AuditEntry | undefined {
  return mayChange(request) ? entryOf(request, 'attempt', 'begun') : undefined;
}

function mayChange(request: FastifyRequest): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
}

function entryOf(request: FastifyRequest, audit: AuditEntry['audit'], outcome: string): AuditEntry {
  const { principal } = request;
  return {
    audit,
    ...(principal && {
      principal: principal.name,
      principal_id: field(principal.id),
      authentication: principal.method,
    }),
    method: request.method,
    route: endpointOf(request.routeOptions.url),
    resource: resourceOf(request),
    outcome,
    correlation_id: request.id,
    source: field(clientAddressOf(request)),
  };
}

function resourceOf(request: FastifyRequest): Record<string, string> {
  const parameters = Object.entries((request.params ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    parameters
      .filter(([name]) => name !== '*')
      .slice(0, MAXIMUM_IDENTIFIERS)
      .map(([name, value]) => [name, field(redactText(String(value)))]),
  );
}

/** What a client wrote, as it may stand in a log: bounded, and unable to begin a line or move a cursor. */
function field(text: string): string {
  return legible(text, MAXIMUM_FIELD_LENGTH);
}
