import type { DynamicModule } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { TraceService } from 'nestjs-otel';
import { Gauge } from 'prom-client';
import * as real from '@tams/telemetry';

/**
 * The telemetry library with everything left out of it that works for a request, a query or a job: no spans, figures, log
 * lines or correlation. Classes that others inject, constants and the registry stay. Node strips the types when it loads
 * this file, and `require` gives what is exported as `module.exports`.
 */

const noSpan = trace.getTracer('none').startSpan('none');
const noSeries = { value: 0, add: () => undefined, set: () => undefined, observe: () => undefined };
const noMetric = {
  bounds: [],
  series: () => noSeries,
  entries: () => [],
  reset: () => undefined,
  onRefresh: () => undefined,
};

/** Reads nothing in the background. */
class GaugeRefresher extends real.GaugeRefresher {
  override onApplicationBootstrap(): void {
    // Nothing is due.
  }
}

/** `/metrics` without Node's own figures, and no interceptor. */
class TelemetryModule {
  static forRoot(): DynamicModule {
    // Who finds this one takes the rest of Node's figures to be there.
    new Gauge({
      name: 'process_cpu_user_seconds_total',
      help: 'None: telemetry is left out.',
      registers: [real.registry],
    });
    const provided = [real.HealthChecks, GaugeRefresher, TraceService];
    const module = real.TelemetryModule.forRoot({ level: 'silent', format: 'json' });
    return { ...module, providers: provided, exports: provided };
  }
}

const stub = {
  ...real,
  metrics: new Proxy({}, { get: () => noMetric }) as typeof real.metrics,
  correlationIdFrom: () => 'none',
  currentCorrelationId: () => 'none',
  currentCorrelation: () => undefined,
  withCorrelation: (_context, work) => work(),
  TraceOperation: () => () => undefined,
  observeQuery: (_text, _server, run) => run(undefined),
  observeAwsCall: (_call, run) => run(),
  observeStorage: (_operation, _backend, run) => run(),
  observeJob: (_job, work) => work(),
  observeEnqueue: (_queue, send) => send(),
  observePool: () => undefined,
  traceCarrier: () => ({}),
  traceContext: () => ({}),
  withSpan: async (_name, _attributes, work) => work(noSpan),
  continueTrace: async (_carrier, _name, _attributes, work) => work(noSpan),
  startTracing: () => ({ flush: () => Promise.resolve(), stop: () => Promise.resolve() }),
  configureLogging: () => undefined,
  useTelemetryLogger: (app) => {
    app.useLogger(false);
  },
  installHttpTelemetry: (fastify) => {
    for (const property of ['problemCode', 'principalName', 'exchange']) fastify.decorateRequest(property, undefined);
    return { begin: () => undefined };
  },
  GaugeRefresher,
  TelemetryModule: TelemetryModule as unknown as typeof real.TelemetryModule,
} satisfies typeof real;
real.setLogLevel('silent');

export { stub as 'module.exports' };
