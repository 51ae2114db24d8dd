import { Module } from '@nestjs/common';
import { FlowsModule } from '@tams/flows';
import { ObjectsModule, StorageModule } from '@tams/storage';
import { SegmentEvents } from './segment-events';
import { SegmentRegistrationService } from './segment-registration.service';
import { SegmentRepository } from './segment.repository';
import { SegmentService } from './segment.service';
import { SegmentsController } from './segments.controller';

/** Flow Segments: media objects placed on the timelines of Flows. */
@Module({
  imports: [FlowsModule, StorageModule, ObjectsModule],
  controllers: [SegmentsController],
  providers: [SegmentRepository, SegmentEvents, SegmentService, SegmentRegistrationService],
  exports: [SegmentRepository, SegmentEvents, SegmentService],
})
export class SegmentsModule {}
