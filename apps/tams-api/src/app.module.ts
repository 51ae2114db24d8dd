import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Authentication, AuthModule } from '@tams/auth';
import { ConsoleModule } from '@tams/console';
import { eventStreamMechanism, EventStreamModule } from '@tams/event-stream';
import { FlowsModule } from '@tams/flows';
import { HealthModule } from '@tams/health';
import { InsightModule } from '@tams/insight';
import { ObjectInstancesModule, ObjectsModule, ReconciliationModule } from '@tams/objects';
import { OutboxModule } from '@tams/outbox';
import { type Configuration, PlatformModule } from '@tams/platform';
import { PlaybackModule } from '@tams/playback';
import { ProfilesModule } from '@tams/profiles';
import { RetentionModule, SegmentsModule } from '@tams/segments';
import { EVENT_STREAM_MECHANISMS, ServiceModule } from '@tams/service';
import { SourcesModule } from '@tams/sources';
import { StorageModule } from '@tams/storage';
import { TelemetryModule } from '@tams/telemetry';
import { webhookMechanism, WebhooksModule } from '@tams/webhooks';
import type { DataSource } from 'typeorm';
import { ConsolePageModule } from './console/console.module';
import { version } from './version';

/** How clients are told of changes, for GET /service. */
@Global()
@Module({
  providers: [{ provide: EVENT_STREAM_MECHANISMS, useValue: [webhookMechanism, eventStreamMechanism] }],
  exports: [EVENT_STREAM_MECHANISMS],
})
class EventStreamMechanismsModule {}

/** Composition only: which modules make up the server. */
@Module({})
export class AppModule {
  static forRoot(configuration: Configuration, dataSource: DataSource, authentication: Authentication): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TelemetryModule.forRoot({ level: configuration.logLevel, format: configuration.logFormat }),
        PlatformModule.forRoot(configuration, dataSource),
        OutboxModule,
        AuthModule.forRoot(authentication),
        ServiceModule,
        ProfilesModule,
        SourcesModule,
        FlowsModule,
        SegmentsModule,
        RetentionModule,
        StorageModule,
        PlaybackModule,
        WebhooksModule,
        EventStreamModule,
        EventStreamMechanismsModule,
        ObjectsModule,
        ObjectInstancesModule,
        ReconciliationModule,
        ConsoleModule,
        HealthModule.forRoot(version),
        InsightModule,
        ConsolePageModule,
      ],
    };
  }
}
