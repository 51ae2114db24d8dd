import { normalizeIP } from '@fastify/rate-limit';
import { clientAddressOf } from '@tams/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimitedError } from '../auth.errors';
import type { FailureLimit } from '../basic/basic-users';

const MINUTE_MS = 60_000;
/** Callers that are counted at a time; the one unseen longest is forgotten. */
export const COUNTED_CALLERS = 10_000;
/** IPv6 networks of this size are one address: they belong to one customer. */
const IPV6_SUBNET = 64;

function addressOf(request: FastifyRequest): string {
  return normalizeIP(clientAddressOf(request), IPV6_SUBNET);
}

/** Counts requests by principal, or by address where there is none. @returns a check that throws {@link RateLimitedError} */
export function requestLimit(fastify: FastifyInstance, perMinute: number): (request: FastifyRequest) => Promise<void> {
  if (perMinute === 0) return () => Promise.resolve();
  const count = fastify.createRateLimit({
    max: perMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) =>
      request.principal && request.principal.method !== 'none' ? request.principal.id : `address:${addressOf(request)}`,
  });
  return async (request) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    throw new RateLimitedError(
      `More than ${perMinute} requests in a minute; try again in ${counted.ttlInSeconds} seconds.`,
      counted.ttlInSeconds,
    );
  };
}

/** Counts wrong passwords by address, so that nobody can try many. */
export function failureLimit(fastify: FastifyInstance, perMinute: number): (request: FastifyRequest) => FailureLimit {
  const nothing = { beforeCheck: () => Promise.resolve(), afterFailure: () => Promise.resolve() };
  if (perMinute === 0) return () => nothing;
  const count = fastify.createRateLimit({
    max: perMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => `failures:${addressOf(request)}`,
  });
  return (request) => ({
    async beforeCheck() {
      const counted = await count(request, { increment: false });
      if (counted.isAllowed || counted.remaining > 0) return;
      throw new RateLimitedError('Too many wrong passwords from this address; try again later.', counted.ttlInSeconds);
    },
    async afterFailure() {
      await count(request);
    },
  });
}
