import { Module } from '@nestjs/common';
import { FlowsModule } from '@tams/flows';
import { ObjectsModule } from '@tams/objects';
import { StorageModule } from '@tams/storage';
import { DeletionController, DeletionRequestsController } from './deletion/deletion.controller';
import { DeletionJob } from './deletion/deletion.job';
import { DeletionRepository } from './deletion/deletion.repository';
import { DeletionRequests } from './deletion/deletion-requests.service';
import { DeletionService } from './deletion/deletion.service';
import { SegmentRemoval } from './deletion/segment-removal';
import { SegmentRemovalRepository } from './deletion/segment-removal.repository';
import { SegmentEvents } from './segment-events';
import { SegmentRegistrationService } from './registration/segment-registration.service';
import { SegmentRepository } from './segment.repository';
import { SegmentReadingService } from './reading/segment-reading.service';
import { SegmentsController } from './segments.controller';

/** Flow Segments: media objects placed on the timelines of Flows. */
@Module({
  imports: [FlowsModule, StorageModule, ObjectsModule],
  controllers: [SegmentsController, DeletionController, DeletionRequestsController],
  providers: [
    SegmentRepository,
    SegmentEvents,
    SegmentReadingService,
    SegmentRegistrationService,
    SegmentRemovalRepository,
    SegmentRemoval,
    DeletionRepository,
    DeletionRequests,
    DeletionService,
    DeletionJob,
  ],
  exports: [SegmentRepository, SegmentEvents, SegmentReadingService, DeletionService, DeletionRepository],
})
export class SegmentsModule {}
