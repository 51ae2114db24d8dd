import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until the answer pleases.
 * @param what says what is waited for, in the error
 * @throws Error after `patienceMs`, with the last answer
 */
export async function until<Value>(
  what: string,
  ask: () => Value | Promise<Value>,
  holds: (value: Value) => boolean,
  patienceMs: number,
): Promise<Value> {
  for (const deadline = Date.now() + patienceMs; ;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`Not within ${patienceMs} ms: ${what}; last seen ${JSON.stringify(value)}`);
    await delay(25);
  }
}

/** Status of a GET; 0 when there is no answer. */
export async function statusOf(url: string, patienceMs = 10_000): Promise<number> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
