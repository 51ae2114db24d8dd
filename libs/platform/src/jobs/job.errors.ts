import { ForbiddenError, NotFoundError } from '../errors/domain-error';

/** The job has ended, or never was (404). */
export class JobNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('job-not-found', `There is no job ${id} that goes on or waits.`);
  }
}

/** A job of this kind is over within seconds, or would leave something half done (403). */
export class JobNotStoppableError extends ForbiddenError {
  constructor(kind: string) {
    super('job-not-stoppable', `A job of the kind ${kind} cannot be stopped: it is short, or must come to its end.`);
  }
}

/** An attempt was ended because somebody asked for it; what that leaves was written down. */
export class JobStoppedError extends Error {
  override readonly name = 'JobStoppedError';
  /** Nobody's mistake: telemetry counts it with what was refused. */
  readonly severity = 'warn';

  constructor(kind: string, by: string) {
    super(`The job ${kind} was stopped by ${by}.`);
  }
}
