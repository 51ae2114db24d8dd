import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** `PUBLIC_BASE_URL`, when set: where clients reach this server, without a trailing slash. */
    publicBaseUrl: string | undefined;
  }
}

/** Origin and path prefix absolute URLs of this answer begin with, without a trailing slash. */
export function baseUrlOf(request: FastifyRequest): string {
  return request.publicBaseUrl ?? `${request.protocol}://${request.host || 'localhost'}`;
}

/** Injects {@link baseUrlOf} into a handler that hands out absolute URLs. */
export const BaseUrl = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  baseUrlOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
