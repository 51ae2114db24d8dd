import { sendProblem } from '@tams/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BodyTimeoutError } from '../auth.errors';

/**
 * Answers a JSON body that trickles in with 408, and ends its connection: a hook for `onRequest`. Media comes in its own time.
 * @param seconds 0 for ever
 */
export function bodyTimeLimit(
  seconds: number,
): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (request, reply, done) => {
    done();
    const { raw } = request;
    const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
    if (seconds === 0 || !hasBody || raw.complete || request.routeOptions.url?.startsWith('/media/') === true) return;
    const timer = setTimeout(() => {
      reply.raw.once('close', () => raw.destroy());
      sendProblem(new BodyTimeoutError(seconds), request, reply);
    }, seconds * 1000).unref();
    const clear = (): void => {
      clearTimeout(timer);
    };
    raw.once('end', clear).once('close', clear);
  };
}
