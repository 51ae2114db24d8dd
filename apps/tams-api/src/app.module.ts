import { type DynamicModule, Module } from '@nestjs/common';
import { type Authentication, AuthModule } from '@tams/auth';
import { FlowsModule } from '@tams/flows';
import { HealthModule } from '@tams/health';
import { type Configuration, PlatformModule } from '@tams/platform';
import { SegmentsModule } from '@tams/segments';
import { ServiceInfoModule } from '@tams/service-info';
import { SourcesModule } from '@tams/sources';
import { ObjectsModule, StorageModule } from '@tams/storage';
import { TelemetryModule } from '@tams/telemetry';
import type { DataSource } from 'typeorm';
import { version } from './version';

/** Composition only: which modules make up the server. */
@Module({})
export class AppModule {
  static forRoot(configuration: Configuration, dataSource: DataSource, authentication: Authentication): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TelemetryModule.forRoot({ level: configuration.logLevel, format: configuration.logFormat }),
        PlatformModule.forRoot(configuration, dataSource),
        AuthModule.forRoot(authentication),
        ServiceInfoModule,
        SourcesModule,
        FlowsModule,
        SegmentsModule,
        StorageModule,
        ObjectsModule,
        HealthModule.forRoot(version),
      ],
    };
  }
}
