import 'reflect-metadata';
import { SetMetadata } from '@nestjs/common';
import { firstValueFrom, type Observable, of, Subject, throwError } from 'rxjs';
import { metrics } from '../metrics/metrics';
import { TraceOperation } from './trace-operation';

class RefusedError extends Error {
  readonly severity = 'info';
}

class Flows {
  readonly name = 'these';

  @TraceOperation('flow.read', { format: () => 'urn:x-nmos:format:video' })
  sync(fails: Error | undefined): string {
    if (fails) throw fails;
    return this.name;
  }

  @TraceOperation('flow.create', {
    operation: ({ result }) => (result === 'updated' ? 'update' : undefined),
    format: ({ args }) => args[1] as string,
  })
  async asynchronous(answer: Error | string, format?: string): Promise<string> {
    await Promise.resolve();
    if (Error.isError(answer)) throw answer;
    return answer || (format ?? '');
  }

  @TraceOperation('flow.delete')
  // Not async on purpose: it throws or returns a promise.
  promising(fails: 'throw' | 'reject' | undefined): Promise<string> {
    if (fails === 'throw') throw new RefusedError('thrown');
    return fails === 'reject' ? Promise.reject(new Error('rejected')) : Promise.resolve(this.name);
  }

  @TraceOperation('source.list')
  observable(source: Observable<number>): Observable<number> {
    return source;
  }

  @SetMetadata('below', 1)
  @TraceOperation('segment.register')
  @SetMetadata('above', 2)
  decorated(first: string, second: string): string {
    return first + second;
  }

  @TraceOperation('flow.never-heard-of', { format: () => 'urn:x-nmos:format:smell' })
  unforeseen(): void {
    // Only its labels matter.
  }
}

const flows = new Flows();
const count = (operation: string, format: string, status: string) =>
  metrics.flowOperations.series({ operation, format, status }).value;

beforeEach(() => {
  metrics.flowOperations.reset();
  metrics.sourceOperations.reset();
  metrics.operationDuration.reset();
});

describe('@TraceOperation', () => {
  it('counts a plain return value, and what is thrown by whose doing it is', () => {
    expect(flows.sync(undefined)).toBe('these');
    expect(() => flows.sync(new RefusedError('no'))).toThrow('no');
    expect(() => flows.sync(new Error('broken'))).toThrow('broken');
    expect(count('read', 'video', 'success')).toBe(1);
    expect(count('read', 'video', 'rejected')).toBe(1);
    expect(count('read', 'video', 'error')).toBe(1);
  });

  it('counts async methods when they settle', async () => {
    const pending = flows.asynchronous('created', 'urn:x-nmos:format:audio');
    expect(count('create', 'audio', 'success')).toBe(0);
    await expect(pending).resolves.toBe('created');
    expect(count('create', 'audio', 'success')).toBe(1);
    await flows.asynchronous('updated', 'audio');
    expect(count('update', 'audio', 'success')).toBe(1);
    await expect(flows.asynchronous(new Error('broken'))).rejects.toThrow('broken');
    expect(count('create', 'unknown', 'error')).toBe(1);
  });

  it('counts methods that return a promise, reject, or throw before they do', async () => {
    await expect(flows.promising(undefined)).resolves.toBe('these');
    await expect(flows.promising('reject')).rejects.toThrow('rejected');
    expect(() => flows.promising('throw')).toThrow('thrown');
    expect(count('delete', 'unknown', 'success')).toBe(1);
    expect(count('delete', 'unknown', 'error')).toBe(1);
    expect(count('delete', 'unknown', 'rejected')).toBe(1);
  });

  it('counts Observables when they complete, fail or are given up', async () => {
    const listed = (status: string) =>
      metrics.sourceOperations.series({ operation: 'list', format: 'unknown', status }).value;
    await expect(firstValueFrom(flows.observable(of(7)))).resolves.toBe(7);
    expect(listed('success')).toBe(1);
    await expect(firstValueFrom(flows.observable(throwError(() => new Error('broken'))))).rejects.toThrow('broken');
    expect(listed('error')).toBe(1);
    const subject = new Subject<number>();
    const subscription = flows.observable(subject).subscribe();
    expect(listed('success')).toBe(1);
    subscription.unsubscribe();
    expect(listed('success')).toBe(2);
  });

  it('keeps name, length and metadata of the method', () => {
    const method = Object.getOwnPropertyDescriptor(Flows.prototype, 'decorated')!.value as (...args: string[]) => void;
    expect(method.name).toBe('decorated');
    expect(method.length).toBe(2);
    expect(Reflect.getMetadata('below', method)).toBe(1);
    expect(Reflect.getMetadata('above', method)).toBe(2);
    expect(Reflect.getMetadata('design:paramtypes', Flows.prototype, 'decorated')).toEqual([String, String]);
  });

  it('writes what is outside the closed lists of the contract as other', () => {
    flows.unforeseen();
    expect(count('other', 'other', 'success')).toBe(1);
  });

  it('measures how long each operation took, by outcome', async () => {
    class Slow {
      @TraceOperation('flow.slow')
      run(milliseconds: number): Promise<void> {
        return new Promise((resolve) => setTimeout(resolve, milliseconds));
      }
    }
    await new Slow().run(30);
    const series = metrics.operationDuration.series({ operation: 'flow.slow', status: 'success' });
    expect(series.count).toBe(1);
    expect(series.sum).toBeGreaterThanOrEqual(0.028);
  });
});
