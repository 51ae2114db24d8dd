import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify';
import { DomainError } from '../errors/domain-error';
import type { Access } from './access';
import { sendProblem } from './problem.filter';

const everyMethod: readonly HTTPMethods[] = [
  ...(['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT', 'OPTIONS', 'TRACE'] as const),
  ...(['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK'] as const),
];

/** One route of the server, as Fastify knows it. */
export interface Route {
  readonly method: string;
  /** Template with `:name` parameters, for example `/things/:thingId`. */
  readonly path: string;
  /** What a request to it needs; `undefined` when the route does not say. */
  readonly access: Access | undefined;
}

/** The resource exists but does not know this method (405); `Allow` lists those it knows. */
export class MethodNotAllowedError extends DomainError {
  constructor(method: string, allowed: readonly string[]) {
    super(
      'method-not-allowed',
      'method-not-allowed',
      'info',
      `This resource does not support ${method}; it supports ${allowed.join(', ')}.`,
      {
        headers: { Allow: allowed.join(', ') },
      },
    );
  }
}

/**
 * Collects the routes as they are registered; `refuseOtherMethods` then answers every other method on a known path with
 * 405 and `Allow`, so that such answers too carry the route's template in metrics.
 */
export class AllowedMethods {
  private readonly methodsByPath = new Map<string, Map<string, RouteOptions>>();

  constructor(private readonly fastify: FastifyInstance) {
    fastify.addHook('onRoute', (route) => {
      if (route.url.includes('*')) return;
      const methods = this.methodsByPath.get(route.url) ?? new Map<string, RouteOptions>();
      for (const method of [route.method].flat()) methods.set(method, route);
      this.methodsByPath.set(route.url, methods);
    });
  }

  /** Every route registered so far, sorted, without the 405 answers. */
  routes(): Route[] {
    return [...this.methodsByPath]
      .flatMap(([path, methods]) =>
        [...methods].map(([method, { config }]) => ({ method, path, access: config?.access })),
      )
      .sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
  }

  /** Call once all routes are registered and before the server listens. */
  refuseOtherMethods(): void {
    const known = new Set(this.fastify.supportedMethods);
    for (const method of everyMethod) if (!known.has(method)) this.fastify.addHttpMethod(method);
    for (const [path, methods] of new Map([...this.methodsByPath].map(([path, known]) => [path, new Map(known)]))) {
      const allowed = [...methods.keys()].sort();
      const refused = everyMethod.filter((method) => !methods.has(method));
      const handler = (request: FastifyRequest, reply: FastifyReply): void => {
        sendProblem(new MethodNotAllowedError(request.method, allowed), request, reply);
      };
      // Before the body is parsed: a wrong method is a 405 whatever it carries.
      if (refused.length > 0)
        this.fastify.route({
          method: refused,
          url: path,
          config: { refusesMethod: true },
          exposeHeadRoute: false,
          onRequest: handler,
          handler,
        });
      this.methodsByPath.set(path, methods);
    }
  }
}
