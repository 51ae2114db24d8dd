import { AsyncResource } from 'node:async_hooks';
import { Configuration, type Connection } from '@tams/platform';
import { fastify, type FastifyInstance } from 'fastify';
import { Authentication } from '../authentication';
import { currentPrincipal } from '../principal';
import { secureServer } from './secure-server';

const noDatabase = { query: () => Promise.reject(new Error('not needed here')) } as unknown as Connection;

async function serverWith(hooks: (server: FastifyInstance) => void): Promise<FastifyInstance> {
  const configuration = new Configuration({ AUTH_MODE: 'none' });
  const server = fastify();
  await secureServer(server, configuration, Authentication.open(configuration, noDatabase));
  hooks(server);
  server.get('/service', () => ({ caller: currentPrincipal()?.name ?? 'the server itself' }));
  return server;
}

describe('whom a request is done for', () => {
  it('is known to its handler', async () => {
    const server = await serverWith(() => undefined);
    expect((await server.inject('/service')).json()).toEqual({ caller: 'anonymous' });
    await server.close();
  });

  it('is never nobody by accident: a hook that loses it ends the request', async () => {
    const elsewhere = new AsyncResource('elsewhere');
    const server = await serverWith((instance) => {
      instance.addHook('preValidation', (_request, _reply, done) => {
        elsewhere.runInAsyncScope(done);
      });
    });
    const answer = await server.inject('/service');
    expect([answer.statusCode, answer.body.includes('the server itself')]).toEqual([500, false]);
    await server.close();
  });
});
