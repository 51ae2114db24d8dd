import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { copyLines, observeWork, type Work, type WorkEnd, worksInProgress } from '@tams/telemetry';
import { entryOf } from './entry';
import type { Correlated, Entry } from './journal.schema';
import { LineRing } from './line-ring';

/** Failures and refusals that are kept. */
const MOST_ERRORS = 200;
const MOST_REFUSALS = 100;
/** The slowest of each route or queue that are kept, for how many routes, and for how long. */
const SLOWEST_OF_EACH = 2;
const MOST_NAMES = 150;
const SLOW_FOR_MS = 3_600_000;
/** Bytes of the log that are kept: of all lines, and of those that warn, which come seldom and are wanted longest. */
const LINE_BYTES = 4 * 1024 * 1024;
const WARNING_BYTES = 2 * 1024 * 1024;
/** Lines that are shown of one correlation id. */
const MOST_LINES = 200;
/** Lines of each kind that are handed out when somebody wants them all. */
const MOST_LAST_LINES = 5_000;
/** What warns, as lines begin. */
const warning = /^\{"level":"(?:warn|error|fatal)"/;

/** What is slow is only known in hindsight: the slowest of each route within the last hour. */
interface Slow {
  readonly at: number;
  readonly entry: Entry;
}

/** The slowest of one route or queue, slowest first. */
interface Slowest {
  kept: readonly Slow[];
  /** What takes longer than so many milliseconds is among them, until the oldest of them is too old. */
  least: number;
  until: number;
}

/**
 * Remembers work that failed, was refused, or was the slowest of its route, with what it waited for, and the last lines of
 * the log. All of it is bounded; work that is none of these costs a comparison.
 */
@Injectable()
export class Journal implements OnModuleInit, OnModuleDestroy {
  private readonly failed: Entry[] = [];
  private readonly refused: Entry[] = [];
  private readonly slowest = new Map<string, Slowest>();
  private readonly lines = new LineRing(LINE_BYTES);
  private readonly warnings = new LineRing(WARNING_BYTES);
  private readonly ends: (() => void)[] = [];

  onModuleInit(): void {
    this.ends.push(
      observeWork((work, name, end) => {
        this.take(work, name, end);
      }),
      copyLines((line) => {
        (warning.test(line) ? this.warnings : this.lines).push(line);
      }),
    );
  }

  onModuleDestroy(): void {
    for (const end of this.ends.splice(0)) end();
  }

  /** What failed, newest first. @param refusals whether refusals are asked for instead */
  errors(refusals: boolean): Entry[] {
    return (refusals ? this.refused : this.failed).toReversed();
  }

  /** What was slow within the last hour, slowest first. */
  slow(): Entry[] {
    const since = Date.now() - SLOW_FOR_MS;
    return [...this.slowest.values()]
      .flatMap(({ kept }) => kept.filter(({ at }) => at >= since).map(({ entry }) => entry))
      .sort((one, other) => other.duration_ms - one.duration_ms);
  }

  /** What is being done and was begun so many milliseconds ago, oldest first. */
  running(milliseconds: number): Entry[] {
    const before = performance.now() - milliseconds;
    return [...worksInProgress]
      .filter(({ start }) => start <= before)
      .map((work) => entryOf(work, nameOf(work), undefined));
  }

  /** All that is known under a correlation id. */
  correlated(correlationId: string): Correlated {
    const slowest = [...this.slowest.values()].flatMap(({ kept: slow }) => slow.map(({ entry }) => entry));
    const kept = [...this.failed, ...this.refused, ...slowest];
    const running = [...worksInProgress]
      .filter((work) => work.details().correlationId === correlationId)
      .map((work) => entryOf(work, nameOf(work), undefined));
    const work = [...new Set(kept)].filter((entry) => entry.correlation_id === correlationId);
    return {
      correlation_id: correlationId,
      work: [...work, ...running].sort((one, other) => one.started.localeCompare(other.started)),
      lines: this.linesOf(correlationId),
    };
  }

  /** The last lines of the log that are in memory: those that warn, then the others, each oldest first. */
  lastLines(): string[] {
    const begins = '{"level":"';
    return [...this.warnings.find(begins, MOST_LAST_LINES), ...this.lines.find(begins, MOST_LAST_LINES)];
  }

  /** Bytes of what is kept as bytes, and how many entries there are. */
  get size(): { readonly bytes: number; readonly entries: number } {
    const slow = [...this.slowest.values()].reduce((sum, { kept }) => sum + kept.length, 0);
    return { bytes: this.lines.bytes + this.warnings.bytes, entries: this.failed.length + this.refused.length + slow };
  }

  private linesOf(correlationId: string): Record<string, unknown>[] {
    const text = `"correlation_id":${JSON.stringify(correlationId)}`;
    return [...this.lines.find(text, MOST_LINES), ...this.warnings.find(text, MOST_LINES)]
      .flatMap(parsed)
      .sort((one, other) => String(one['time']).localeCompare(String(other['time'])))
      .slice(-MOST_LINES);
  }

  private take(work: Work, name: string, end: WorkEnd): void {
    const key = `${work.kind} ${name}`;
    const failed = end.outcome !== 'success';
    const slow = !failed && this.isSlow(key, end.milliseconds);
    if (!failed && !slow) return;
    const entry = entryOf(work, name, end);
    if (end.outcome === 'error') push(this.failed, entry, MOST_ERRORS);
    else if (end.outcome === 'rejected') push(this.refused, entry, MOST_REFUSALS);
    else this.keepSlow(key, entry);
  }

  private isSlow(key: string, milliseconds: number): boolean {
    const slowest = this.slowest.get(key);
    if (!slowest) return this.slowest.size < MOST_NAMES;
    return milliseconds > slowest.least || Date.now() > slowest.until;
  }

  private keepSlow(key: string, entry: Entry): void {
    const now = Date.now();
    const known = this.slowest.get(key)?.kept.filter(({ at }) => at >= now - SLOW_FOR_MS) ?? [];
    const kept = [...known, { at: now, entry }]
      .sort((one, other) => other.entry.duration_ms - one.entry.duration_ms)
      .slice(0, SLOWEST_OF_EACH);
    const least = kept.length < SLOWEST_OF_EACH ? -Infinity : (kept.at(-1)?.entry.duration_ms ?? -Infinity);
    const until = Math.min(...kept.map(({ at }) => at)) + SLOW_FOR_MS;
    this.slowest.set(key, { kept, least, until });
  }
}

function push(entries: Entry[], entry: Entry, most: number): void {
  entries.push(entry);
  if (entries.length > most) entries.shift();
}

function nameOf(work: Work): string {
  const { facts } = work.details();
  return String(facts['route'] ?? facts['messaging.destination.name'] ?? facts['http.request.method'] ?? work.kind);
}

/** What is left of a line whose beginning was overwritten is none. */
function parsed(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return [];
  }
}
