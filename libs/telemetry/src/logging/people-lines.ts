import { styleText } from 'node:util';
import { prettyFactory } from 'pino-pretty';

/** How lines for people are written. */
export interface PeopleLineOptions {
  readonly colorize: boolean;
  /** Whether requests have lines of their own just now; then those of the audit log say nothing new. */
  readonly requestsShown: () => boolean;
}

/** A line of the log as it leaves the process. */
interface LogRecord {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly context?: string;
  readonly correlation_id?: string;
  readonly [field: string]: unknown;
}

type Style = Parameters<typeof styleText>[0];

const UUID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
/** Characters of an identifier that tell it from others nearby. */
const SHORT = 8;
/** What other fields a line for people leaves out: what it says already, and what only machines follow. */
const leftOut = 'pid,hostname,time,level,context,correlation_id,trace_id,span_id,url,addresses';
const troubled = new Set(['warn', 'error', 'fatal']);
const levelStyles: Readonly<Record<string, Style>> = { warn: 'yellow', error: 'red', fatal: ['red', 'bold'] };
/** Characters that a terminal would act on. */
const CONTROL = /[\p{Cc}\p{Cf}]/gu;

/**
 * Writes lines of the log for people: time of the day, what happened, and only where something is wrong the identifiers to
 * look for. Requests are one line each, with the principal who made a change:
 * `21:46:01 PUT /flows/98488ab9 201 234 ms  #e968ded1`.
 * @returns what makes a line, with its end, out of one in JSON; an empty text where there is nothing to say
 */
export function peopleLines({ colorize, requestsShown }: PeopleLineOptions): (line: string) => string {
  const style = (styles: Style, text: string): string =>
    colorize ? styleText(styles, text, { validateStream: false }) : text;
  const others = prettyFactory({
    colorize,
    singleLine: true,
    ignore: leftOut,
    messageFormat: (record) => messageOf(record as unknown as LogRecord, style),
  });
  return (line) => {
    const record = recordOf(line);
    if (!record) return line;
    if (record.msg === 'request' && typeof record['status'] === 'number') return `${requestLine(record, style)}\n`;
    if (record.context === 'Audit' && record['audit'] !== 'attempt' && requestsShown()) return '';
    return others(line) + addressLines(record, style);
  };
}

function recordOf(line: string): LogRecord | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? (record as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** One request. Whole identifiers only where somebody will look for them. */
function requestLine(record: LogRecord, style: (styles: Style, text: string) => string): string {
  const status = Number(record['status']);
  const styles: Style = status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green';
  const failed = status >= 400;
  const path = text(record['path']).replaceAll(UUID, failed ? '$&' : '$1');
  const problem = record['problem'] === undefined ? '' : ` ${text(record['problem'])}`;
  const principal = record['principal'] === undefined ? '' : `  by ${text(record['principal'])}`;
  const id = text(record.correlation_id);
  const answer = style(styles, `${status}${problem}`);
  const identity = style('dim', `#${failed ? id : id.slice(0, SHORT)}`);
  const duration = `${Math.round(Number(record['duration_ms']))} ms`;
  return `${clock(record, style)} ${text(record['method'])} ${path} ${answer} ${duration}${principal}  ${identity}`;
}

/** The text of any other line; pino-pretty writes its further fields behind it. */
function messageOf(record: LogRecord, style: (styles: Style, text: string) => string): string {
  const styles = levelStyles[record.level];
  const level = styles ? `${style(styles, record.level.toUpperCase())} ` : '';
  const context = record.context === undefined ? '' : `${style('dim', record.context)} `;
  const id = text(record.correlation_id);
  const identity = troubled.has(record.level) && !id.startsWith('process-') ? `  ${style('dim', `#${id}`)}` : '';
  const message = record['addresses'] === undefined ? text(record.msg) : style(['green', 'bold'], text(record.msg));
  return `${clock(record, style)} ${level}${context}${message}${identity}`;
}

/** Where to go from here: a line each, so that a terminal makes links of them. */
function addressLines(record: LogRecord, style: (styles: Style, text: string) => string): string {
  const { addresses } = record;
  if (typeof addresses !== 'object' || addresses === null) return '';
  const names = Object.keys(addresses);
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.entries(addresses).map(
    ([name, address]) => `         ${name.padEnd(width)}  ${style('cyan', text(address))}\n`,
  );
  return lines.join('');
}

/** Time of the day where the server runs. */
function clock({ time }: LogRecord, style: (styles: Style, text: string) => string): string {
  return style('dim', new Date(time).toTimeString().slice(0, 'HH:MM:SS'.length));
}

/** What others wrote, unable to begin a line or to move a cursor. */
function text(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll(CONTROL, '\uFFFD') : '';
}
