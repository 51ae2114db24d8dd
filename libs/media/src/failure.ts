/**
 * An error meant to be read by the person at the terminal: what failed, and what to do next.
 * Anything else that reaches the top is a defect of this program and is shown with its stack.
 */
export class Failure extends Error {
  /** What the person can do about it; shown on a line of its own. */
  readonly next: string | undefined;

  constructor(message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.next = options.next;
  }
}

/** A part of the media is not where it was announced: going on cannot bring it back. */
export class MediaGoneFailure extends Failure {}

/** Media is whole as far as anybody can tell, but of a container or coding that is not read here. */
export class UnknownMediaFailure extends Failure {}

/** The message of anything thrown, with the causes that `fetch` and the file system hide one level down. */
export function reasonOf(error: unknown): string {
  if (!hasMessage(error)) return String(error);
  if (!hasMessage(error.cause)) return error.message;
  const code = typeof error.cause.code === 'string' ? `${error.cause.code} ` : '';
  return `${error.message} (${code}${error.cause.message})`;
}

function hasMessage(error: unknown): error is { message: string; cause?: unknown; code?: unknown } {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}
