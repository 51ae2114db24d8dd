import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Ends connections whose JSON body trickles in: a hook for `onRequest`. Media comes in its own time.
 * @param seconds 0 for ever
 */
export function bodyTimeLimit(
  seconds: number,
): (request: FastifyRequest, reply: FastifyReply, done: () => void) => void {
  return (request, _reply, done) => {
    done();
    const { raw } = request;
    const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
    if (seconds === 0 || !hasBody || raw.complete || request.routeOptions.url?.startsWith('/media/') === true) return;
    const timer = setTimeout(() => raw.destroy(), seconds * 1000).unref();
    const clear = (): void => {
      clearTimeout(timer);
    };
    raw.once('end', clear).once('close', clear);
  };
}
