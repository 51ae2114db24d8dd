import { pause } from '../api/pause';
import { ProblemError, UnreachableError } from '../api/problem';

/** Tries in all: together they wait for half a minute, in which a server restarts. */
const ATTEMPTS = 8;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8000;

/**
 * Does something again, with growing pauses, while the server or the network is away.
 * @param attempt told which try it is, from 1
 */
export async function patiently<Result>(
  signal: AbortSignal,
  attempt: (number: number) => Promise<Result>,
): Promise<Result> {
  for (let number = 1; ; number += 1) {
    try {
      signal.throwIfAborted();
      return await attempt(number);
    } catch (error) {
      if (signal.aborted || !isPassing(error) || number === ATTEMPTS) throw error;
      await pause(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** number), signal);
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ProblemError && (error.status === 408 || error.status === 429 || error.status >= 500);
}
