import type { EmbeddedPostgresLog, EmbeddedPostgresLogLevel } from './embedded-postgres.types';

/** Lines kept for the message of a failure. */
const LAST_LINES = 40;

/** Longest piece of one line that is passed on, in characters. */
const LINE_LENGTH = 2_000;

/** Most lines passed on in a minute: a client in a loop must not fill the disk with the server's log. */
const LINES_PER_MINUTE = 120;

const SEVERITY = /^(DEBUG\d?|INFO|NOTICE|LOG|WARNING|ERROR|FATAL|PANIC):\s+/;

/**
 * Reads what PostgreSQL writes, keeps the last lines and passes on what an operator should see.
 *
 * Once the cluster serves, ERROR lines and the lines that belong to them are left out: the statement's sender gets the
 * same error and reports it with its context, and the details may show stored values.
 */
export class PostgresLog {
  /** True from "ready" to "stop": what is logged then comes from clients as well as from PostgreSQL itself. */
  serving = false;
  private readonly last: string[] = [];
  private skippingError = false;
  private minute = 0;
  private passedOn = 0;

  constructor(private readonly log: EmbeddedPostgresLog) {}

  /** Takes one line, without its end. */
  accept(line: string): void {
    const severity = SEVERITY.exec(line)?.[1];
    const startsMessage = severity !== undefined;
    if (startsMessage) this.skippingError = this.serving && severity === 'ERROR';
    if (this.skippingError) return;
    const text = line.slice(0, LINE_LENGTH);
    this.last.push(text);
    if (this.last.length > LAST_LINES) this.last.shift();
    this.passOn(startsMessage ? this.levelOf(severity) : 'debug', text);
  }

  /** The last lines, oldest first. */
  lastLines(): readonly string[] {
    return this.last;
  }

  private levelOf(severity: string): EmbeddedPostgresLogLevel {
    switch (severity) {
      case 'PANIC':
        return 'error';
      case 'WARNING':
        return 'warn';
      case 'FATAL':
        // Before "ready" the start itself reports it; while stopping every open session is told so.
        return this.serving ? 'warn' : 'debug';
      default:
        return 'debug';
    }
  }

  private passOn(level: EmbeddedPostgresLogLevel, text: string): void {
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.minute) {
      const leftOut = this.passedOn - LINES_PER_MINUTE;
      if (leftOut > 0) this.log('warn', `PostgreSQL: ${leftOut} lines of its log left out`, { leftOut });
      this.minute = minute;
      this.passedOn = 0;
    }
    this.passedOn += 1;
    if (this.passedOn <= LINES_PER_MINUTE) this.log(level, `PostgreSQL: ${text}`);
  }
}
