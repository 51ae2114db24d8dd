import { causeOf, type Failure } from '@tams/telemetry';

/** What pg-boss adds to a message; it differs from worker to worker. */
const WORKER = / \(Queue: [^,]+, Worker: [^)]+\)$/;

/**
 * An error pg-boss raises while it looks for work, as the log tells it. Those of its workers are no errors but plain objects
 * with the fields of one.
 */
export function queueFailure(raised: unknown): Failure {
  const error = Error.isError(raised) ? raised : errorFrom(raised);
  return { level: 'error', error, message: `The job queue cannot look for work: ${causeOf(error)}` };
}

function errorFrom(raised: unknown): Error {
  const { message, stack, code } = (raised ?? {}) as { message?: unknown; stack?: unknown; code?: unknown };
  const error = new Error(typeof message === 'string' ? message.replace(WORKER, '') : String(raised));
  if (typeof stack === 'string') error.stack = stack;
  return typeof code === 'string' ? Object.assign(error, { code }) : error;
}
