import { randomUUID } from 'node:crypto';
import { type DestinationStream, levels, type Logger, pino, stdSerializers } from 'pino';
import { currentCorrelation } from '../correlation';
import { currentSpanContext } from '../tracing/spans';
import { nowText } from './clock-text';
import { LogDestination, standardOutput } from './log-destination';

/** Levels of the log, from the most to the least talkative. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** How the process logs. */
export interface LoggingOptions {
  /** One of {@link logLevels}. */
  readonly level: string;
  /** One JSON object a line, or text for people. */
  readonly format: 'json' | 'pretty';
  /** Instead of standard output. */
  readonly destination?: DestinationStream;
}

const destination = new LogDestination();
/** Identifies what this process does by itself: starting, stopping, timers. */
const processCorrelationId = `process-${randomUUID()}`;
/** Quiet until somebody says otherwise: a library used by itself, in a test say, has nothing to report. */
let configuredLevel = 'warn';

/** Errors of `pg` carry their whole connection: settings nobody reads, a kilobyte a line. */
function serializeError(error: unknown): unknown {
  const serialized: unknown = stdSerializers.err(error as Error);
  if (typeof serialized !== 'object' || serialized === null || !('client' in serialized)) return serialized;
  return { ...serialized, client: undefined };
}

/** The correlation and trace every line carries; what a call site gives explicitly wins. */
function identification(): Record<string, string> {
  const span = currentSpanContext();
  const correlation_id = currentCorrelation()?.correlationId ?? processCorrelationId;
  return span ? { correlation_id, trace_id: span.traceId, span_id: span.spanId } : { correlation_id };
}

/** The logger of this process. Nest classes have nestjs-pino's `PinoLogger` injected, which ends here; others take {@link loggerFor}. */
export const logger: Logger = pino(
  {
    level: configuredLevel,
    base: null,
    timestamp: () => `,"time":"${nowText()}"`,
    formatters: { level: (label) => ({ level: label }) },
    mixin: identification,
    serializers: { err: serializeError },
  },
  destination,
);

/** Writes a line that was put together elsewhere, holds no secret and is of bounded length. */
export function writeLine(line: string): void {
  destination.writeClean(line);
}

/** Hands every line, clean as it leaves the process, to `copy` as well. @returns what ends it */
export function copyLines(copy: (line: string) => void): () => void {
  return destination.copyTo(copy);
}

/** Loggers that follow the level of {@link logger}: pino's children keep their own. */
const followers = new Set<Logger>([logger]);

/** Makes a child follow level changes. */
export function followLogLevel(child: Logger): void {
  followers.add(child);
  child.level = logger.level;
}

const byContext = new Map<string, Logger>();

/** A logger for what Nest does not make (functions, objects made by hand): its lines carry `context`. */
export function loggerFor(context: string): Logger {
  const known = byContext.get(context);
  if (known) return known;
  const child = logger.child({ context });
  followLogLevel(child);
  byContext.set(context, child);
  return child;
}

/** Sets level and destination; called once at start, and by tests. */
export function configureLogging(options: LoggingOptions): void {
  configuredLevel = options.level;
  setLogLevel(options.level);
  destination.redirect(options.destination ?? standardOutput(options.format, () => logger.isLevelEnabled('info')));
}

/** The level in force. */
export function logLevel(): string {
  return logger.level;
}

/**
 * Changes the level while running.
 * @throws {RangeError} when there is no such level
 */
export function setLogLevel(level: string): void {
  if (level !== 'silent' && !Object.hasOwn(levels.values, level)) {
    throw new RangeError(
      `There is no log level ${level}; use ${[...Object.keys(levels.values), 'silent'].join(', ')}.`,
    );
  }
  for (const follower of followers) follower.level = level;
}

/** One step on: configured level, debug, trace, and back. @returns the level now in force */
export function cycleLogLevel(): string {
  const next = nextLevel(logger.level);
  setLogLevel(next);
  logger.warn({ log_level: next }, `The log level is now ${next}`);
  return next;
}

function nextLevel(level: string): string {
  if (level === 'debug') return 'trace';
  if (level !== 'trace') return 'debug';
  return ['trace', 'debug'].includes(configuredLevel) ? 'info' : configuredLevel;
}

/** `kill -USR2 <pid>` changes the log level of a running server, one step a signal. */
export function changeLogLevelOnSignal(signal: NodeJS.Signals = 'SIGUSR2'): () => void {
  process.on(signal, cycleLogLevel);
  return () => {
    process.off(signal, cycleLogLevel);
  };
}
