import { setTimeout as delay } from 'node:timers/promises';

/** How batches follow one another. */
export interface BatchPace {
  /** After each batch everything is left alone for this many times what the batch took: clients come first. */
  readonly pause: number;
  /** No batch begins after so long; absent for no end. In milliseconds. */
  readonly forMilliseconds?: number;
  readonly signal: AbortSignal;
}

/**
 * Works through what is too much at once.
 * @param batch does a part of it; @returns whether there is more
 */
export async function inBatches(
  batch: () => Promise<boolean>,
  { pause, forMilliseconds = Infinity, signal }: BatchPace,
): Promise<void> {
  const end = performance.now() + forMilliseconds;
  while (performance.now() < end) {
    signal.throwIfAborted();
    const started = performance.now();
    if (!(await batch())) return;
    await delay((performance.now() - started) * pause, undefined, { signal });
  }
}
