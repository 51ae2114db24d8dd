import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { causeOf, loggerFor, RecurringFailures } from '@tams/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DomainError } from '../errors/domain-error';
import { toDomainError } from '../errors/error-translation';
import { PROBLEM_MEDIA_TYPE, problemOf, statusOf } from '../errors/problem';

/** Most of a cause that stands in the line of its request, in characters. */
const MAXIMUM_CAUSE_LENGTH = 200;
const failures = new RecurringFailures(loggerFor('Problem'));

/** Hands whatever a handler, guard or pipe threw to {@link answerWithProblem}. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerWithProblem(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** The one place where errors become HTTP answers: problem details, the right status, and a log line by severity. */
export function answerWithProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (Error.isError(thrown) && thrown === request.raw.errored) {
    // The client left in the middle of its request: nobody reads an answer, nothing failed, and it is counted as an abort.
    reply.raw.destroy();
    return;
  }
  const error = toDomainError(thrown);
  const cause = error.cause ?? error;
  if (statusOf(error) === 500 && Error.isError(cause)) request.exchange?.failed(cause);
  if (error.severity !== 'info') {
    request.problemCause = causeOf(cause).slice(0, MAXIMUM_CAUSE_LENGTH);
    failures.tell({ level: error.severity, error: cause, message: error.message, fields: { problem: error.code } });
  }
  sendProblem(error, request, reply);
}

/** Sends a domain error as problem details, unless the answer has already begun. */
export function sendProblem(error: DomainError, request: FastifyRequest, reply: FastifyReply): void {
  request.problemCode = error.code;
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  if (error.retryAfterSeconds !== undefined) void reply.header('Retry-After', String(error.retryAfterSeconds));
  const path = request.url.split('?', 1)[0] ?? '/';
  void reply
    .headers(error.headers)
    .status(statusOf(error))
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemOf(error, path, request.id)));
}
