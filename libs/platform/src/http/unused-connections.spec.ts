import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { endUnusedConnectionsOnClose } from './unused-connections';

let fastify: FastifyInstance;
let port: number;
const released = Promise.withResolvers<undefined>();

beforeEach(async () => {
  fastify = Fastify({ forceCloseConnections: 'idle' });
  endUnusedConnectionsOnClose(fastify);
  fastify.get('/slow', () => released.promise.then(() => 'answered'));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  port = (fastify.server.address() as { port: number }).port;
});

async function open(): Promise<Socket> {
  const accepted = once(fastify.server, 'connection');
  const socket = connect(port, '127.0.0.1');
  await accepted;
  return socket;
}

it('a connection that never asked for anything does not hold up the end', async () => {
  const unused = await open();
  const ended = once(unused, 'close');
  await fastify.close();
  await ended;
});

it('a request in flight is answered while the server closes', async () => {
  const arrived = once(fastify.server, 'request');
  const answer = fetch(`http://127.0.0.1:${port}/slow`);
  await arrived;
  const closed = fastify.close();
  released.resolve(undefined);
  expect(await (await answer).text()).toBe('answered');
  await closed;
});
