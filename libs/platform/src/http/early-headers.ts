import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Writes headers that every answer carries. */
export type HeaderWriter = (request: FastifyRequest, reply: FastifyReply) => void;

const writers = new WeakMap<object, HeaderWriter>();

/**
 * Says which headers errors carry that come before the hooks of routes: an address that cannot be read, a `Host` too many. A page
 * of another origin could otherwise not read why it was refused.
 */
export function headersOfEarlyErrors(fastify: FastifyInstance, write: HeaderWriter): void {
  writers.set(fastify.server, write);
}

/** Writes them, if anybody said which. */
export function writeEarlyHeaders(request: FastifyRequest, reply: FastifyReply): void {
  writers.get(request.server.server)?.(request, reply);
}
