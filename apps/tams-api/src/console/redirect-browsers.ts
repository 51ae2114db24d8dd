import type { FastifyInstance } from 'fastify';
import { findConsoleFiles } from './console-files';
import { basePathOf } from './console-page';

/**
 * Sends browsers that ask for `/` to the console; clients of the API get their list. It comes before authentication,
 * which the page brings by itself.
 */
export function redirectBrowsers(fastify: FastifyInstance): void {
  if (!findConsoleFiles()) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    const { method, routeOptions, headers } = request;
    if (routeOptions.url !== '/' || (method !== 'GET' && method !== 'HEAD')) {
      done();
      return;
    }
    void reply.header('Vary', 'Accept');
    if (prefersPages(headers.accept)) void reply.redirect(`${basePathOf(request)}/console/`, 302);
    else done();
  });
}

/** Browsers name HTML when a person goes somewhere; no client of an API does. */
function prefersPages(accept = ''): boolean {
  return /(?:^|,)\s*text\/html\s*(?:[,;]|$)/i.test(accept) && !/application\/json/i.test(accept);
}
