import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';

/**
 * Lets a closing server end connections that never sent a request: browsers, proxies and HTTP clients open some ahead of
 * need. Node does not count them as idle, so that each would hold up the end of the process for a minute.
 */
export function endUnusedConnectionsOnClose(fastify: FastifyInstance): void {
  const { server } = fastify;
  const unused = new Set<Socket>();
  let closing = false;
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    // Accepted by the system before the port closed, and too late for a request.
    if (closing) socket.destroy();
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.prependListener('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  fastify.addHook('preClose', (done) => {
    closing = true;
    for (const socket of unused) socket.destroy();
    done();
  });
}
