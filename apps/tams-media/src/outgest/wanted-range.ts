import { Failure } from '@tams/media';
import { TimeRange, TimingError } from '@tams/timing';

/** Range that was asked for, half-open, in nanoseconds. @throws Failure where it is none */
export function rangeOf(timerange: string | undefined): { start?: bigint; end?: bigint } {
  if (timerange === undefined) return {};
  try {
    const { start, end } = TimeRange.parse(timerange).toHalfOpen();
    return { ...(start === null ? {} : { start }), ...(end === null ? {} : { end }) };
  } catch (error) {
    if (!(error instanceof TimingError)) throw error;
    throw new Failure(`${timerange} is not a timerange: ${error.message}`, {
      next: "A timerange looks like '[10:0_20:0)': seconds:nanoseconds, in quotes for the shell.",
    });
  }
}

/** The failure of finding nothing. @param name of what was looked into, for example `Flow <id>` */
export function nothingThere(name: string, timerange: string | undefined): Failure {
  const where = timerange === undefined ? '' : ` that overlap ${timerange}`;
  return new Failure(`${name} has no segments${where}`, {
    next: "A timerange looks like '[10:0_20:0)': seconds:nanoseconds, in quotes for the shell. The Flow's own is in its timerange.",
  });
}
