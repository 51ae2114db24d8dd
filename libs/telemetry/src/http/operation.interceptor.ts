import { type CallHandler, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { callObserversDirectly, type ObservingInterceptor } from './observing-interceptors';

callObserversDirectly();

/** Names the operation, controller and handler, on the span of its request. Figures are the hooks': they see every answer. */
@Injectable()
export class OperationInterceptor implements ObservingInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.observe(context);
    return next.handle();
  }

  observe(context: ExecutionContext): void {
    const { exchange } = context.switchToHttp().getRequest<FastifyRequest>();
    exchange?.operation(`${context.getClass().name}.${context.getHandler().name}`);
  }
}
