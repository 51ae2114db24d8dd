import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import { type Configuration, headersOfEarlyErrors } from '@tams/platform';
import type { FastifyInstance } from 'fastify';
import type { Authentication } from '../authentication';
import { AuditUnavailableError } from '../auth.errors';
import { auditAttemptOf, auditEntryOf } from '../audit/audit-entry';
import { currentPrincipal, withPrincipal } from '../principal';
import { bodyTimeLimit } from './body-time-limit';
import { corsDelegator, corsHeaders } from './cors';
import { localCallersOnly } from './local-callers';
import { COUNTED_CALLERS, failureLimit, requestLimit } from './request-limits';
import { securityHeaders, writeSecurityHeaders } from './security-headers';

/** What orchestrators ask every few seconds is not counted. */
const uncounted = new Set(['/livez', '/readyz']);

/**
 * Puts authentication and what belongs to it around a server: security headers, CORS, limits, audit. Call it before any
 * route is registered, so that it comes before every one of them.
 * @param beforeAuthentication adds hooks that answer whoever asks, under the same headers and limits
 */
export async function secureServer(
  fastify: FastifyInstance,
  configuration: Configuration,
  authentication: Authentication,
  beforeAuthentication: (fastify: FastifyInstance) => void = () => undefined,
): Promise<void> {
  const { security } = configuration;
  fastify.decorateRequest('principal', undefined);
  await writeHeadersOfAnswers(fastify, configuration);
  await fastify.register(cors, { delegator: corsDelegator(security.corsAllowedOrigins) });
  await fastify.register(rateLimit, { global: false, cache: COUNTED_CALLERS });

  const control = authentication.controlOf(failureLimit(fastify, security.basicFailuresPerMinute));
  const count = requestLimit(fastify, security.rateLimitPerMinute);
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const entry = auditEntryOf(request, reply);
    if (entry) authentication.audit.write(entry);
    done(null, payload);
  });
  const refuseStrangers = localCallersOnly(security, configuration.publicBaseUrl);
  fastify.addHook('onRequest', (request, _reply, done) => {
    refuseStrangers(request);
    done();
  });
  beforeAuthentication(fastify);
  fastify.addHook('onRequest', bodyTimeLimit(security.bodyTimeoutSeconds));
  fastify.addHook('onRequest', async (request) => {
    try {
      await control.check(request);
    } finally {
      if (!uncounted.has(request.routeOptions.url ?? '')) await count(request);
    }
  });
  // After the body is read: what parses it leaves the context that a hook before it set.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.principal) withPrincipal(request.principal, done);
    else done();
  });
  // Work that is done for nobody is the server's own and may do everything, so a request must not become that by accident.
  fastify.addHook('preHandler', (request, _reply, done) => {
    done(request.principal === currentPrincipal() ? undefined : new Error('The request lost whom it is done for.'));
  });
  if (security.auditRequired) {
    fastify.addHook('preHandler', (request, _reply, done) => {
      const attempt = auditAttemptOf(request);
      done(attempt && !authentication.audit.write(attempt) ? new AuditUnavailableError() : undefined);
    });
  }
}

/** The headers of every answer, also of errors that come before any route. */
async function writeHeadersOfAnswers(fastify: FastifyInstance, configuration: Configuration): Promise<void> {
  const { tls, corsAllowedOrigins } = configuration.security;
  const overTls = tls !== undefined || configuration.publicBaseUrl?.startsWith('https:') === true;
  const writeHeaders = writeSecurityHeaders(configuration, await securityHeaders(overTls));
  fastify.addHook('onRequest', writeHeaders);
  headersOfEarlyErrors(fastify, (request, reply) => {
    writeHeaders(request, reply, () => undefined);
    void reply.headers(corsHeaders(corsAllowedOrigins, request.headers.origin));
  });
}
