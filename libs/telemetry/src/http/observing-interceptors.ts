import type { ExecutionContext, NestInterceptor } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';

/** An interceptor that only looks at what is called, and leaves call and answer alone. */
export interface ObservingInterceptor extends NestInterceptor {
  /** Does what `intercept` does before it hands on. */
  observe(context: ExecutionContext): void;
}

/**
 * Calls observing interceptors without RxJS, when a handler has no others. Nest wraps each handler into three
 * Observables as soon as there is one interceptor, which costs more than the rest of a small request.
 * `docs/performance.md` has the figures. Nest's own way takes over for every other interceptor.
 */
export function callObserversDirectly(): void {
  const through = Reflect.get(InterceptorsConsumer.prototype, 'intercept') as Intercept;
  if (Object.hasOwn(through, DIRECT)) return;
  const intercept: Intercept = async function (...call) {
    const [interceptors, args, instance, callback, next, type] = call;
    if (!interceptors.every(isObserving)) return through.apply(this, call);
    const context = this.createContext(args, instance, callback);
    context.setType(type ?? 'http');
    for (const interceptor of interceptors) interceptor.observe(context);
    return next();
  };
  InterceptorsConsumer.prototype.intercept = Object.assign(intercept, { [DIRECT]: true });
}

type Intercept = (
  this: InterceptorsConsumer,
  ...call: Parameters<InterceptorsConsumer['intercept']>
) => Promise<unknown>;

/** Marks Nest's method as replaced: several applications live in one process of the tests. */
const DIRECT = Symbol.for('tams: calls observers directly');

function isObserving(interceptor: NestInterceptor): interceptor is ObservingInterceptor {
  return 'observe' in interceptor;
}
