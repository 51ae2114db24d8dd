export { DeletionService } from './deletion/deletion.service';
export { SegmentExistsError, SegmentOverlapError } from './segment.errors';
export { type FlowSegment, flowSegment } from './segment.schema';
export { SegmentService } from './segment.service';
export { SegmentsModule } from './segments.module';
