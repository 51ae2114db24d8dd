import { inspect } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

/** How {@link eventually} waits. */
export interface Patience {
  /** What is waited for, for the error. */
  readonly what?: string;
  /** Pause between two looks, in milliseconds. */
  readonly every?: number;
  /**
   * How long it may take, in milliseconds; it says so then, where a test's own time limit would only say that it passed. Without
   * it a wait ends before the ordinary time limit of a test: what may take longer says how long.
   */
  readonly atMost?: number;
}

/** The last look is not cut short by the end of the time, in milliseconds: the machine may have stood still until then. */
const LEAST_FOR_AN_ANSWER_MS = 5_000;

/**
 * Asks until the answer pleases.
 * @throws {Error} after `atMost`, with the last answer
 */
export async function eventually<Value>(
  ask: () => Value | Promise<Value>,
  holds: (value: Value) => boolean,
  { what = 'what was waited for', every = 25, atMost = 45_000 }: Patience = {},
): Promise<Value> {
  for (const deadline = Date.now() + atMost; ;) {
    const value = await answerOf(ask, Math.max(deadline - Date.now(), LEAST_FOR_AN_ANSWER_MS), what);
    if (holds(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`Not within ${atMost} ms: ${what}; last seen ${inspect(value).slice(0, 2000)}`);
    await delay(every);
  }
}

/** What is answered in time. @throws {Error} when nothing is: what is asked may hang */
function answerOf<Value>(ask: () => Value | Promise<Value>, milliseconds: number, what: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`No answer within ${milliseconds} ms, asked for: ${what}`));
    }, milliseconds);
    const answered = (async () => ask())().finally(() => {
      clearTimeout(timer);
    });
    answered.then(resolve, reject);
  });
}
