import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Page } from '../paging/page';
import { pagingHeaders } from '../paging/paging-headers';
import { Answer } from './answer';
import { baseUrlOf } from './base-url';

/** Writes the status and headers of an {@link Answer} and the paging headers of a {@link Page}; handlers stay expressions. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(map((result: unknown) => write(result, request, reply)));
  }
}

function write(result: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (result instanceof Page) {
    void reply.headers(pagingHeaders(result, baseUrlOf(request), request.url));
    return result.body;
  }
  if (result instanceof Answer) {
    void reply.status(result.status).headers(result.headers);
    return result.body;
  }
  // A bare JSON text, number or boolean is a whole body here ("label", 5000, true); Fastify would send it as plain text.
  if (typeof result === 'string' || typeof result === 'number' || typeof result === 'boolean') {
    void reply.type('application/json; charset=utf-8');
    return JSON.stringify(result);
  }
  return result;
}
