import type { WebhookSettings } from '@tams/platform';

/** Longest pause a receiver can ask for by `Retry-After`, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * How long to wait before the next attempt: exponential backoff with full jitter, but not less than the receiver asked for.
 * @param failures attempts that have failed in a row, this one among them
 * @returns milliseconds
 */
export function retryPause(
  failures: number,
  retryAfterMs: number | undefined,
  { firstPauseMs, longestPauseMs }: Pick<WebhookSettings, 'firstPauseMs' | 'longestPauseMs'>,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 30));
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(Math.round(random() * ceiling), asked);
}
