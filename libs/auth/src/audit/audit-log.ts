import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { loggerFor, SideChannel, type SideChannelStatus } from '@tams/telemetry';
import { AuditUnreadableError } from '../auth.errors';
import type { AuditEntry } from './audit-entry';
import { searchFile } from './audit-file-search';
import type { AuditFindings, AuditQuestion } from './audit.schema';
import { LatestLines } from './latest-lines';

/** Where audit lines go. What goes wrong there is noted, never thrown: the change it tells of has happened already. */
export interface AuditSink {
  /** @returns whether the line is where it belongs */
  write(entry: AuditEntry): boolean;
  close(): void;
  /** How writing goes; absent where lines go to the server's own log. */
  readonly status?: SideChannelStatus;
  /**
   * Reads what was written, the newest first.
   * @throws {AuditUnreadableError} when the lines cannot be read again
   */
  search(question: AuditQuestion): Promise<AuditFindings>;
}

/** To the server's own log, changes as information and refusals as warnings; the latest lines are kept to be searched. */
export class ServerLog implements AuditSink {
  private readonly logger = loggerFor('Audit');
  private readonly latest = new LatestLines();

  write(entry: AuditEntry): boolean {
    const message = `${entry.method} ${entry.route} ${entry.outcome}`;
    if (entry.audit === 'refusal') this.logger.warn(entry, message);
    else this.logger.info(entry, message);
    this.latest.add({ time: new Date().toISOString(), ...entry });
    return true;
  }

  search(question: AuditQuestion): Promise<AuditFindings> {
    return Promise.resolve(this.latest.search(question));
  }

  close(): void {
    // The server's log is not ours to close.
  }
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
  private readonly fallback = new ServerLog();
  private readonly descriptor: number;
  /** Whether the last write may have ended within a line. */
  private torn = false;

  /** @param writeTo writes to a file descriptor, and gives how many bytes it took */
  constructor(
    private readonly path: string,
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

  async search(question: AuditQuestion): Promise<AuditFindings> {
    try {
      return await searchFile(this.path, question);
    } catch (error) {
      throw new AuditUnreadableError(error);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
