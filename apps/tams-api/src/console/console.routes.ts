import fastifyStatic from '@fastify/static';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Configuration, NotFoundError } from '@tams/platform';
import { StorageBackends } from '@tams/storage';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findConsoleFiles } from './console-files';
import { ConsolePage } from './console-page';

/** Below it are read models with routes of their own, never the page. */
const API = /^\/console\/api(?:[/?]|$)/;

/**
 * The console: `index.html` for every address below `/console` (the page finds the view by itself), and its hashed files.
 * Open to everybody: they hold nothing of the store, and people have to see a page to sign in.
 */
@Injectable()
export class ConsoleRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly configuration: Configuration,
    private readonly backends: StorageBackends,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register(async (scope) => {
      const files = findConsoleFiles();
      const page = files && new ConsolePage(files.page, this.configuration, this.backends);
      const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
        if (API.test(request.url)) {
          reply.callNotFound();
          return undefined;
        }
        if (!page) throw new NotFoundError('console-not-built', 'The console is not built; `npm run build` builds it.');
        return answerWith(page, request, reply);
      };
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: 'open' };
      });
      scope.get('/console', answer);
      scope.get('/console/*', answer);
      if (files)
        await scope.register(fastifyStatic, {
          root: files.assets,
          prefix: '/console/assets/',
          decorateReply: false,
          preCompressed: true,
          index: false,
          immutable: true,
          maxAge: '365d',
        });
    });
  }
}

function answerWith(page: ConsolePage, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { html, policy } = page.answer(request);
  return reply
    .headers({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-store' })
    .type('text/html; charset=utf-8')
    .send(html);
}
