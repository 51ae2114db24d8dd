import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';

/**
 * Names the operation, controller and handler, on the span of its request. Counting is the hooks': they see every answer,
 * those that no handler gave among them.
 */
@Injectable()
export class OperationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { exchange } = context.switchToHttp().getRequest<FastifyRequest>();
    exchange?.operation(`${context.getClass().name}.${context.getHandler().name}`);
    return next.handle();
  }
}
