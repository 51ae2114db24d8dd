import type { Attempt } from './http-sender';
import type { AttemptEntry } from './queue.repository';

/** An attempt as the history keeps it. */
export function entryOf({ started, durationMs, statusCode, failure }: Attempt): AttemptEntry {
  return {
    time: started.toISOString(),
    duration_ms: durationMs,
    ...(statusCode !== undefined && { status_code: statusCode }),
    ...(failure && { error: failure.message }),
  };
}
