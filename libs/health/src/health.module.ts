import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { StorageModule } from '@tams/storage';
import { metrics } from '@tams/telemetry';
import { HealthController } from './health.controller';
import { HealthService, SERVER_VERSION } from './health.service';
import { JobGauges } from './job-gauges';
import { OwnChecks } from './own-checks';
import { ProcessFigures } from './process-figures';
import { Readiness } from './readiness';
import { RunbooksController } from './runbooks.controller';
import { StoreGauges } from './store-gauges';
import { SurroundingsGauges } from './surroundings-gauges';

/** Whether the server is well, and what it holds. */
@Module({})
export class HealthModule {
  /** @param version of the server */
  static forRoot(version: string): DynamicModule {
    metrics.buildInfo.series({ version, node: process.version }).set(1);
    return {
      module: HealthModule,
      // Whoever shows how the server is asks the same service as /health.
      global: true,
      // Terminus would log each failed check once more; the request's line and the report say it already.
      imports: [TerminusModule.forRoot({ logger: false }), StorageModule],
      controllers: [HealthController, RunbooksController],
      providers: [
        { provide: SERVER_VERSION, useValue: version },
        HealthService,
        JobGauges,
        OwnChecks,
        ProcessFigures,
        Readiness,
        StoreGauges,
        SurroundingsGauges,
      ],
      exports: [HealthService, Readiness],
    };
  }
}
