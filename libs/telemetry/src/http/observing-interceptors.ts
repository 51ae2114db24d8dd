import type { ExecutionContext, NestInterceptor } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';

/** An interceptor that only looks at what is called, and leaves call and answer alone. */
export interface ObservingInterceptor extends NestInterceptor {
  /** Does what `intercept` does before it hands on. */
  observe(context: ExecutionContext): void;
}

/**
 * Calls observing interceptors without RxJS, when a handler has no others. Nest wraps each handler into three
 * Observables as soon as there is one interceptor, which was a fifth of the work for a small one
 * (`docs/performance.md`). Nest's own way takes over for every other interceptor.
 */
export function callObserversDirectly(): void {
  const through = Reflect.get(InterceptorsConsumer.prototype, 'intercept') as Intercept;
  InterceptorsConsumer.prototype.intercept = async function (...call) {
    const [interceptors, args, instance, callback, next, type] = call;
    if (!interceptors.every(isObserving)) return through.apply(this, call);
    const context = this.createContext(args, instance, callback);
    context.setType(type ?? 'http');
    for (const interceptor of interceptors) interceptor.observe(context);
    return next();
  };
}

type Intercept = (
  this: InterceptorsConsumer,
  ...call: Parameters<InterceptorsConsumer['intercept']>
) => Promise<unknown>;

function isObserving(interceptor: NestInterceptor): interceptor is ObservingInterceptor {
  return 'observe' in interceptor;
}
