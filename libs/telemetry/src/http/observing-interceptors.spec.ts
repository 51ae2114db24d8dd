import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { isObservable, lastValueFrom, map, type Observable } from 'rxjs';
import { callObserversDirectly, type ObservingInterceptor } from './observing-interceptors';

class Segments {
  list(): string {
    return 'segments';
  }
}

const observed: string[] = [];

const observing: ObservingInterceptor = {
  observe: (context) =>
    observed.push(`${context.getClass().name}.${context.getHandler().name} by ${context.getType()}`),
  intercept: () => {
    throw new Error('is called by Nest only beside others');
  },
};

const shouting = {
  intercept: (_context: ExecutionContext, next: CallHandler<string>): Observable<string> =>
    next.handle().pipe(map((answer) => answer.toUpperCase())),
};

const segments = new Segments();
const answer = (interceptors: Parameters<InterceptorsConsumer['intercept']>[0]): Promise<unknown> =>
  new InterceptorsConsumer().intercept(
    interceptors,
    [],
    segments,
    Reflect.get<Segments, 'list'>(segments, 'list'),
    () => Promise.resolve(segments.list()),
  );

beforeAll(callObserversDirectly);
beforeEach(() => observed.splice(0));

it('calls an observer, and hands on what the handler answers', async () => {
  expect(await answer([observing])).toBe('segments');
  expect(observed).toEqual(['Segments.list by http']);
});

it('does so once, however often it is set up', async () => {
  callObserversDirectly();
  await answer([observing]);
  expect(observed).toHaveLength(1);
});

it('hands on what an observer throws, and does not call the handler', async () => {
  const failing: ObservingInterceptor = {
    ...observing,
    observe: () => {
      throw new Error('cannot look');
    },
  };
  await expect(answer([failing])).rejects.toThrow('cannot look');
});

it('leaves every other interceptor to Nest', async () => {
  const result = await answer([shouting]);
  expect(isObservable(result)).toBe(true);
  expect(await lastValueFrom(result as Observable<unknown>)).toBe('SEGMENTS');
});
