import { Module } from '@nestjs/common';
import { ProfilesModule } from '@tams/profiles';
import { SourcesModule } from '@tams/sources';
import { ObjectsModule } from '@tams/objects';
import { FlowCollectionRepository } from './collections/flow-collection.repository';
import { FlowCollectionService } from './collections/flow-collection.service';
import { FlowDocuments } from './writing/flow-documents';
import { FlowEvents } from './writing/flow-events';
import { FlowLock } from './writing/flow-lock';
import { FlowPropertiesController } from './flow-properties.controller';
import { FlowPropertiesService } from './writing/flow-properties.service';
import { FlowReadingService } from './reading/flow-reading.service';
import { FlowStorageService } from './writing/flow-storage.service';
import { FlowRemoval } from './writing/flow-removal';
import { FlowWriter } from './writing/flow-writer';
import { FlowRepository } from './flow.repository';
import { FlowWritingService } from './writing/flow-writing.service';
import { FlowsController } from './flows.controller';

/** Flows: Sources rendered to one encoding, and the collections they form. */
@Module({
  imports: [ProfilesModule, SourcesModule, ObjectsModule],
  controllers: [FlowsController, FlowPropertiesController],
  providers: [
    FlowRepository,
    FlowCollectionRepository,
    FlowCollectionService,
    FlowDocuments,
    FlowLock,
    FlowEvents,
    FlowWriter,
    FlowReadingService,
    FlowWritingService,
    FlowRemoval,
    FlowPropertiesService,
    FlowStorageService,
  ],
  exports: [FlowRepository, FlowLock, FlowEvents, FlowWritingService, FlowRemoval],
})
export class FlowsModule {}
