import { type DynamicModule, Module } from '@nestjs/common';
import { FlowsModule } from '@tams/flows';
import { type Configuration, PlatformModule } from '@tams/platform';
import { SegmentsModule } from '@tams/segments';
import { ServiceInfoModule } from '@tams/service-info';
import { SourcesModule } from '@tams/sources';
import { ObjectInstancesModule, ObjectsModule, ReconciliationModule, StorageModule } from '@tams/storage';
import type { DataSource } from 'typeorm';

/** Composition only: which modules make up the server. */
@Module({})
export class AppModule {
  static forRoot(configuration: Configuration, dataSource: DataSource): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(configuration, dataSource),
        ServiceInfoModule,
        SourcesModule,
        FlowsModule,
        SegmentsModule,
        StorageModule,
        ObjectsModule,
        ObjectInstancesModule,
        ReconciliationModule,
      ],
    };
  }
}
