import { ServerResponse } from 'node:http';
import type { Server } from 'node:tls';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CORRELATION_HEADER, correlationIdFrom, type HttpTelemetry, installHttpTelemetry } from '@tams/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Configuration } from '../configuration/configuration';
import { type DomainError, NotFoundError, ValidationError } from '../errors/domain-error';
import { answerBody } from './answer-body';
import { complaintAboutHost } from './base-url';
import { answerClientError } from './client-error';
import { acceptJsonBodies } from './json-body';
import { answerWithProblem } from './problem.filter';
import { writeEarlyHeaders } from './early-headers';
import { followRenewals, tlsOptions } from './tls';
import { endUnusedConnectionsOnClose } from './unused-connections';

/** Longest path parameter: object identifiers are free text of the client, and may be long. */
const MAXIMUM_PARAMETER_LENGTH = 4096;

class HttpAdapter extends FastifyAdapter {
  /** Nest would set its own error handler after the routes have taken theirs; ours is there from the start. */
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance();
  }

  /** Here and not in an interceptor: one would put RxJS between every handler and its answer. */
  override reply(
    response: ServerResponse | FastifyReply,
    body: unknown,
    statusCode?: number,
  ): ReturnType<FastifyAdapter['reply']> {
    return super.reply(response, response instanceof ServerResponse ? body : answerBody(body, response), statusCode);
  }
}

/** No text that is kept or compared may hold a NUL character: PostgreSQL has no way to write one. */
function complaintAboutAddress(url: string): DomainError | undefined {
  if (!url.includes('%00')) return undefined;
  const [path = '', query = ''] = url.split('?', 2);
  if (path.includes('%00'))
    return new NotFoundError('unknown-path', 'No resource can have a NUL character in its address.');
  const parameter =
    query
      .split('&')
      .find((part) => part.includes('%00'))
      ?.split('=', 1)[0] ?? '';
  return new ValidationError([{ path: `query.${parameter}`, message: 'must not contain NUL characters (%00)' }]);
}

/** Whom to believe; of a number of proxies, as many as that, counted from this server. */
function trusted(proxies: boolean | number | string): boolean | string | ((address: string, hop: number) => boolean) {
  return typeof proxies === 'number' ? (_address, hop) => hop < proxies : proxies;
}

/** The Fastify server below Nest, with the rules that hold before any route: limits, correlation, JSON only. */
export function createHttpAdapter(configuration: Configuration): FastifyAdapter {
  const { tls, headersTimeoutSeconds, maxConnections } = configuration.security;
  const headersTimeout = headersTimeoutSeconds * 1000;
  const server = {
    // A missing Host is ours to refuse, in the words of `complaintAboutHost`.
    requireHostHeader: false,
    headersTimeout,
    // How often Node looks for headers that are late.
    connectionsCheckingInterval: Math.min(5_000, Math.max(500, headersTimeout / 2)),
  };
  const telemetry: { http?: HttpTelemetry } = {};
  const adapter = new HttpAdapter({
    ...(tls ? { https: { ...tlsOptions(tls), ...server } } : { http: server }),
    bodyLimit: configuration.maxBodyBytes,
    trustProxy: trusted(configuration.trustProxy),
    routerOptions: { maxParamLength: MAXIMUM_PARAMETER_LENGTH },
    exposeHeadRoutes: true,
    keepAliveTimeout: 75_000,
    requestTimeout: 0,
    connectionTimeout: 0,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      correlationIdFrom(request.headers[CORRELATION_HEADER]),
    // Requests that were taken before the server began to close are answered, not refused.
    return503OnClosing: false,
    frameworkErrors: (error: Error, request: unknown, reply: unknown) => {
      telemetry.http?.begin(request as FastifyRequest, reply as FastifyReply);
      writeEarlyHeaders(request as FastifyRequest, reply as FastifyReply);
      answerWithProblem(error, request as FastifyRequest, reply as FastifyReply);
    },
  });
  const fastify = adapter.getInstance();
  // Each takes some 25 KB: without a bound, whoever opens enough of them takes all memory.
  if (maxConnections > 0) fastify.server.maxConnections = maxConnections;
  if (tls) followRenewals(fastify.server as unknown as Server, tls);
  telemetry.http = installHttpTelemetry(fastify);
  fastify.decorateRequest('publicBaseUrl', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    request.publicBaseUrl = configuration.publicBaseUrl;
    const complaint = complaintAboutHost(request) ?? complaintAboutAddress(request.url);
    if (complaint) writeEarlyHeaders(request, reply);
    done(complaint);
  });
  fastify.setErrorHandler((error, request, reply) => {
    answerWithProblem(error, request, reply);
  });
  acceptJsonBodies(fastify);
  endUnusedConnectionsOnClose(fastify);
  return adapter;
}
