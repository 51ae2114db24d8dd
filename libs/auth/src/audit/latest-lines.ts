import { isSought } from './audit-match';
import type { AuditFindings, AuditLine, AuditQuestion } from './audit.schema';

/** Most lines that are kept: about a megabyte. */
const MOST_LINES = 2_000;

/** The latest lines of the audit log, in memory: for where they go to the server's log, which is not read again. */
export class LatestLines {
  private readonly lines: AuditLine[] = [];
  /** How many lines there were before the first that is kept. */
  private forgotten = 0;

  add(line: AuditLine): void {
    this.lines.push(line);
    if (this.lines.length <= MOST_LINES) return;
    this.lines.shift();
    this.forgotten += 1;
  }

  /** Positions count lines since the start of the process. */
  search(question: AuditQuestion): AuditFindings {
    const found: AuditLine[] = [];
    let index = Math.min((question.before ?? Infinity) - this.forgotten, this.lines.length) - 1;
    for (; index >= 0 && found.length < question.limit; index -= 1) {
      const line = this.lines[index];
      if (line && isSought(line, question)) found.push(line);
    }
    return { kept_in: 'memory', lines: found, ...(index >= 0 && { next: this.forgotten + index + 1 }) };
  }
}
