import { type DynamicModule, Global, Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { TraceService } from 'nestjs-otel';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { HealthChecks } from './health/health-checks';
import { OperationInterceptor } from './http/operation.interceptor';
import {
  changeLogLevelOnSignal,
  configureLogging,
  followLogLevel,
  logger,
  type LoggingOptions,
} from './logging/logger';
import { GaugeRefresher } from './metrics/gauge-refresher';
import { MetricsController } from './metrics/metrics.controller';
import { registry } from './metrics/metrics';

/**
 * Metrics at `/metrics`, log lines through pino, and operations named on their spans. nestjs-otel's `TraceService` is provided
 * without its module, which would put a middleware before every request (docs/adr/0034-nestjs-otel.md).
 */
@Global()
@Module({})
export class TelemetryModule implements OnModuleInit, OnModuleDestroy {
  private leaveSignal: (() => void) | undefined;

  constructor(@Inject(PinoLogger) private readonly nestLogger: PinoLogger) {}

  static forRoot(logging: LoggingOptions): DynamicModule {
    configureLogging(logging);
    return {
      module: TelemetryModule,
      imports: [
        // No routes: its middleware would make a logger for each request. Our mixin gives lines their request instead.
        LoggerModule.forRoot({ pinoHttp: { logger, autoLogging: false }, forRoutes: [] }),
        PrometheusModule.register({
          path: '/metrics',
          controller: MetricsController,
          defaultMetrics: { enabled: !hasDefaultMetrics(), config: { register: registry } },
        }),
      ],
      providers: [
        { provide: APP_INTERCEPTOR, useClass: OperationInterceptor },
        HealthChecks,
        GaugeRefresher,
        TraceService,
      ],
      exports: [HealthChecks, GaugeRefresher, TraceService],
    };
  }

  onModuleInit(): void {
    // nestjs-pino logs through a child of our logger, and pino's children keep the level they were born with.
    followLogLevel(this.nestLogger.logger);
    this.leaveSignal = changeLogLevelOnSignal();
  }

  onModuleDestroy(): void {
    this.leaveSignal?.();
  }
}

/** Node's own metrics belong to the process, which may start more than one server (tests). */
function hasDefaultMetrics(): boolean {
  return (registry.getSingleMetric('process_cpu_user_seconds_total') as unknown) !== undefined;
}
