import { uuid } from '@tams/model';
import { type Answer, BaseUrl, type JsonText, OwnBaseUrl, type Page } from '@tams/platform';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { type FailedSegments, segmentBatch, type SegmentBatch } from './registration/segment-batch.schema';
import { SegmentRegistrationService } from './registration/segment-registration.service';
import { segmentListQuery, type SegmentListQuery } from './segment.schema';
import { segmentOperations } from './segment.operations';
import { SegmentReadingService } from './reading/segment-reading.service';

/** `/flows/{flowId}/segments`: reading and registering; deleting is in `deletion/`. */
@Controller('flows/:flowId/segments')
export class SegmentsController {
  constructor(
    private readonly segments: SegmentReadingService,
    private readonly registration: SegmentRegistrationService,
  ) {}

  @segmentOperations.list
  @Get()
  list(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Query({ schema: segmentListQuery }) query: SegmentListQuery,
    @BaseUrl() baseUrl: string,
  ): Promise<Page<unknown, JsonText>> {
    return this.segments.list(flowId, query, baseUrl);
  }

  @segmentOperations.register
  @Post()
  register(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: segmentBatch }) batch: SegmentBatch,
    @OwnBaseUrl() baseUrl: string,
  ): Promise<Answer<FailedSegments>> {
    return this.registration.register(flowId, batch, baseUrl);
  }
}
