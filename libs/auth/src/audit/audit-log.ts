import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { endpointOf, loggerFor, redactText, SideChannel, type SideChannelStatus } from '@tams/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { legible } from '../principal';

/** Longest text of a field, and most identifiers of one line. */
const MAXIMUM_FIELD_LENGTH = 256;
const MAXIMUM_IDENTIFIERS = 8;

/** One line of the audit log: who did what to which resource, was not allowed to, or is about to (`AUDIT_REQUIRED`). */
export interface AuditEntry {
  readonly audit: 'change' | 'refusal' | 'attempt';
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
  /** Status of the answer; absent while there is none. */
  readonly status?: number;
  readonly correlation_id: string;
  /** Address of the client, as the trusted proxies tell it. */
  readonly source: string;
}

/** Where audit lines go. What goes wrong there is noted, never thrown: the change it tells of has happened already. */
export interface AuditSink {
  /** @returns whether the line is where it belongs */
  write(entry: AuditEntry): boolean;
  close(): void;
  /** How writing goes; absent where lines go to the server's own log. */
  readonly status?: SideChannelStatus;
}

/** To the server's own log, changes as information and refusals as warnings. */
export function logSink(): AuditSink {
  const logger = loggerFor('Audit');
  return {
    write(entry) {
      const message = `${entry.method} ${entry.route} ${entry.outcome}`;
      if (entry.audit === 'refusal') logger.warn(entry, message);
      else logger.info(entry, message);
      return true;
    },
    close: () => undefined,
  };
}

/**
 * To a file of its own, a JSON line each, whatever the level of the server's log. A line that cannot be written there goes to
 * the server's log.
 * @throws {Error} when the file cannot be opened
 */
export class AuditFile implements AuditSink {
  private readonly logger = loggerFor('Audit');
  private readonly channel = new SideChannel('audit', (lost) => {
    this.logger.warn({ lost_lines: lost }, `The audit log can be written again; ${lost} lines of it are in this log`);
  });
  private readonly fallback = logSink();
  private readonly descriptor: number;
  /** Whether the last write may have ended within a line. */
  private torn = false;

  /** @param writeTo writes to a file descriptor, and gives how many bytes it took */
  constructor(
    path: string,
    private readonly writeTo: (descriptor: number, bytes: Buffer) => number = writeSync,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.descriptor = openSync(path, 'a', 0o640);
  }

  get status(): SideChannelStatus {
    return this.channel.status;
  }

  write(entry: AuditEntry): boolean {
    const line = `${this.torn ? '\n' : ''}${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`;
    const bytes = Buffer.from(line);
    let written = 0;
    try {
      while (written < bytes.length) written += this.writeTo(this.descriptor, bytes.subarray(written));
    } catch (error) {
      this.torn ||= written > 0;
      if (this.channel.status.problem === undefined)
        this.logger.error({ err: error }, 'The audit log cannot be written');
      this.channel.failed(error);
      this.channel.lose();
      this.fallback.write(entry);
      return false;
    }
    this.torn = false;
    this.channel.worked();
    return true;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

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
    source: field(request.ip),
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
