import { Module } from '@nestjs/common';
import { SegmentsModule } from '../segments.module';
import { RetentionJob } from './retention.job';
import { RetentionRepository } from './retention.repository';
import { RetentionPreview, RetentionService } from './retention.service';

/** Deletion of what has outlived its time: by tags of Flows, and of Flows that stay empty. */
@Module({
  imports: [SegmentsModule],
  providers: [RetentionRepository, RetentionPreview, RetentionService, RetentionJob],
  exports: [RetentionPreview, RetentionService],
})
export class RetentionModule {}
