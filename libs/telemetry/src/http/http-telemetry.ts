import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CORRELATION_HEADER } from '../correlation';
import { metrics } from '../metrics/metrics';
import { HttpExchange, MALFORMED_REQUEST } from './http-exchange';
import { RequestsInFlight } from './requests-in-flight';
import { RouteFigures, UNMATCHED } from './route-figures';

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the problem this request was answered with, for logs and metrics. */
    problemCode: string | undefined;
    /** What the server knows of the cause of a problem that is not the client's doing; for its operators alone. */
    problemCause: string | undefined;
    /** Who is calling, in a form that may be logged; set by authentication. */
    principalName: string | undefined;
    /** Telemetry of this request; `undefined` before its first hook. */
    exchange: HttpExchange | undefined;
  }
  interface FastifyContextConfig {
    /** Statuses the route's document names. */
    documentedStatuses?: readonly number[];
    /** The route only refuses a method (405) that others of its path answer. */
    refusesMethod?: boolean;
  }
}

/** Telemetry of the HTTP server below Nest. */
export interface HttpTelemetry {
  /** Begins a request that Fastify refuses before any hook (a malformed URL); hooks begin all others. */
  begin(request: FastifyRequest, reply: FastifyReply): void;
}

/**
 * Makes every request of a server an exchange: correlation id, span, figures and one line in the log. Call it before
 * other hooks are added, so that what they do and refuse is part of it.
 */
export function installHttpTelemetry(fastify: FastifyInstance): HttpTelemetry {
  const figures = new RouteFigures();
  const inFlight = new RequestsInFlight();
  const withBody: ExchangesWithBody = new WeakMap();
  const begin = (request: FastifyRequest, reply: FastifyReply): HttpExchange => {
    void reply.header(CORRELATION_HEADER, request.id);
    const exchange = (request.exchange = new HttpExchange(request, reply, figures, inFlight));
    const { headers, socket } = request.raw;
    if (headers['transfer-encoding'] ?? headers['content-length']) {
      withBody.set(socket, exchange);
      // An idle connection would keep its last request alive, body and all: 1.7 MB for 5,000 segments.
      reply.raw.once('close', () => {
        if (withBody.get(socket) === exchange) withBody.delete(socket);
      });
    }
    return exchange;
  };
  fastify.decorateRequest('problemCode', undefined);
  fastify.decorateRequest('problemCause', undefined);
  fastify.decorateRequest('principalName', undefined);
  fastify.decorateRequest('exchange', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    begin(request, reply).run(done);
  });
  // A body is read by events of the socket, which know nothing of the request they belong to.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.exchange) request.exchange.resume(done);
    else done();
  });
  expectRoutes(fastify, figures);
  countConnections(fastify);
  countMalformedRequests(fastify, withBody);
  return {
    begin: (request, reply) => {
      begin(request, reply);
    },
  };
}

/** Figures of a route begin at zero with its registration; refusals of methods are too many, and never our doing. */
function expectRoutes(fastify: FastifyInstance, figures: RouteFigures): void {
  figures.expect('GET', undefined, []);
  fastify.addHook('onRoute', ({ method, url, config }) => {
    if (config?.refusesMethod) return;
    for (const one of [method].flat()) figures.expect(one, url, config?.documentedStatuses ?? [200]);
  });
}

function countConnections(fastify: FastifyInstance): void {
  const open = metrics.httpConnections.series({});
  fastify.server.on('connection', (socket) => {
    open.add(1);
    socket.once('close', () => {
      open.add(-1);
    });
  });
}

/** What Node itself answers to bytes that are no HTTP, before there is a request. */
const statusOfParserError: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** The request with a body that each connection brings: what follows of it may turn out to be no HTTP. */
type ExchangesWithBody = WeakMap<Socket, HttpExchange>;

function countMalformedRequests(fastify: FastifyInstance, withBody: ExchangesWithBody): void {
  // Before the handler of Fastify, which answers and ends the connection.
  fastify.server.prependListener('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
    const status = statusOfParserError[error.code ?? ''] ?? 400;
    if (withBody.get(socket as Socket)?.endMalformed(status)) return;
    metrics.httpRequests.series({ method: 'other', endpoint: UNMATCHED, status_code: String(status) }).add();
    metrics.errors.series({ type: MALFORMED_REQUEST, endpoint: UNMATCHED }).add();
  });
}
