import { inspect } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

/** How {@link eventually} waits. */
export interface Patience {
  /** What is waited for, for the error. */
  readonly what?: string;
  /** Pause between two looks, in milliseconds. */
  readonly every?: number;
  /** How long it may take, in milliseconds; it says so then, where a test's own time limit would only say that it passed. */
  readonly atMost?: number;
}

/**
 * Asks until the answer pleases.
 * @throws {Error} after `atMost`, with the last answer
 */
export async function eventually<Value>(
  ask: () => Value | Promise<Value>,
  holds: (value: Value) => boolean,
  { what = 'what was waited for', every = 25, atMost = 120_000 }: Patience = {},
): Promise<Value> {
  for (const deadline = Date.now() + atMost; ;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`Not within ${atMost} ms: ${what}; last seen ${inspect(value).slice(0, 2000)}`);
    await delay(every);
  }
}
