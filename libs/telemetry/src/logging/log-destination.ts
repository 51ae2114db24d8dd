import type { DestinationStream } from 'pino';
import type { SideChannelStatus } from '../side-channel';
import { LineWriter } from './line-writer';
import { peopleLines } from './people-lines';
import { maySmuggleSecrets, redactText, redactValue } from './redaction';

/** Longest line that is written, in characters; longer ones lose the ends of their texts. */
export const MAXIMUM_LINE_LENGTH = 16 * 1024;
/** What a text of a line that is too long keeps. */
const KEPT_TEXT_LENGTH = 1_024;
/** Fields that identify a line; they survive when nothing else fits. */
const identifying = ['level', 'time', 'context', 'msg', 'correlation_id', 'trace_id', 'span_id', 'route', 'status'];

/**
 * Where log lines leave the process. Every line, whoever wrote it, passes here: secrets are taken out and its length is
 * bounded, so that no call site has to remember to. A line without anything suspicious costs one regular expression.
 */
export class LogDestination implements DestinationStream {
  private target: DestinationStream | undefined;
  private readonly copies = new Set<(line: string) => void>();

  write(line: string): void {
    this.writeClean(clean(line));
  }

  /** Writes a line in which there is nothing to take out. */
  writeClean(line: string): void {
    this.target ??= standardOutput('json');
    this.target.write(line);
    for (const copy of this.copies) copy(line);
  }

  /** Hands every line to somebody else as well. @returns what ends it */
  copyTo(copy: (line: string) => void): () => void {
    this.copies.add(copy);
    return () => {
      this.copies.delete(copy);
    };
  }

  /** Sends the lines elsewhere from now on. */
  redirect(target: DestinationStream): void {
    this.target = target;
  }
}

const outputs: { json?: DestinationStream; pretty?: DestinationStream } = {};
let writer: LineWriter | undefined;

/** How standard output is doing. */
export function logStatus(): SideChannelStatus {
  return writer?.status ?? { lostLines: 0 };
}

/**
 * Standard output, as JSON lines or for people.
 * @param requestsShown whether the level in force shows requests
 */
export function standardOutput(
  format: 'json' | 'pretty',
  requestsShown: () => boolean = () => true,
): DestinationStream {
  const lines = (writer ??= new LineWriter(1));
  return (outputs[format] ??= format === 'json' ? lines : linesForPeople(lines, requestsShown));
}

function linesForPeople(lines: LineWriter, requestsShown: () => boolean): DestinationStream {
  const written = peopleLines({ colorize: process.stdout.isTTY, requestsShown });
  return {
    write(line: string) {
      const forPeople = written(line);
      if (forPeople !== '') lines.write(forPeople);
    },
  };
}

/** A line without secrets and of bounded length, still valid JSON. */
export function clean(line: string): string {
  const tooLong = line.length > MAXIMUM_LINE_LENGTH;
  if (!tooLong && !maySmuggleSecrets(line)) return line;
  let record: unknown;
  try {
    record = redactValue(JSON.parse(line));
  } catch {
    // Not a line of ours; as text it is safe to show.
    return `${JSON.stringify({ level: 'warn', msg: redactText(line).slice(0, KEPT_TEXT_LENGTH) })}\n`;
  }
  const text = JSON.stringify(record);
  return `${text.length > MAXIMUM_LINE_LENGTH ? shortened(record) : text}\n`;
}

function shortened(record: unknown): string {
  const text = JSON.stringify({ ...(shorten(record, 0) as object), truncated: true });
  if (text.length <= MAXIMUM_LINE_LENGTH) return text;
  const fields = Object.entries(record as object).filter(([name]) => identifying.includes(name));
  return JSON.stringify({ ...(shorten(Object.fromEntries(fields), 0) as object), truncated: true });
}

function shorten(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    return value.length > KEPT_TEXT_LENGTH ? `${value.slice(0, KEPT_TEXT_LENGTH)}... (${value.length})` : value;
  }
  if (value === null || typeof value !== 'object') return value;
  if (depth > 4) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, 10).map((item) => shorten(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([name, field]) => [name.slice(0, 100), shorten(field, depth + 1)]),
  );
}
