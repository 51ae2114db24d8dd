import { Module } from '@nestjs/common';
import { ProfilesModule } from '@tams/profiles';
import { SourcesModule } from '@tams/sources';
import { ObjectsModule } from '@tams/objects';
import { FlowCollectionRepository } from './flow-collection.repository';
import { FlowCollectionService } from './flow-collection.service';
import { FlowEvents } from './flow-events';
import { FlowLock } from './flow-lock';
import { FlowPropertiesController } from './flow-properties.controller';
import { FlowPropertiesService } from './flow-properties.service';
import { FlowReadingService } from './flow-reading.service';
import { FlowStorageService } from './flow-storage.service';
import { FlowRemoval } from './flow-removal';
import { FlowWriter } from './flow-writer';
import { FlowRepository } from './flow.repository';
import { FlowService } from './flow.service';
import { FlowsController } from './flows.controller';

/** Flows: Sources rendered to one encoding, and the collections they form. */
@Module({
  imports: [ProfilesModule, SourcesModule, ObjectsModule],
  controllers: [FlowsController, FlowPropertiesController],
  providers: [
    FlowRepository,
    FlowCollectionRepository,
    FlowCollectionService,
    FlowLock,
    FlowEvents,
    FlowWriter,
    FlowReadingService,
    FlowService,
    FlowRemoval,
    FlowPropertiesService,
    FlowStorageService,
  ],
  exports: [FlowRepository, FlowLock, FlowEvents, FlowService, FlowRemoval],
})
export class FlowsModule {}
