import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import { type Answer, BaseUrl, type Page } from '@tams/platform';
import { deletionOperations as operations } from './deletion.operations';
import {
  deletionListQuery,
  type DeletionListQuery,
  type DeletionRequest,
  segmentDeletionQuery,
  type SegmentDeletionQuery,
} from './deletion.schema';
import { DeletionRequests } from './deletion-requests.service';
import { DeletionService } from './deletion.service';

/** `DELETE /flows/{flowId}` and `/flows/{flowId}/segments`. They stand here because a Flow goes with its segments. */
@Controller('flows/:flowId')
export class DeletionController {
  constructor(private readonly deletion: DeletionService) {}

  @operations.deleteFlow
  @Delete()
  deleteFlow(
    @Param('flowId', { schema: uuid }) flowId: string,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<DeletionRequest>> {
    return this.deletion.deleteFlow(flowId, baseUrl);
  }

  @operations.deleteSegments
  @Delete('segments')
  deleteSegments(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Query({ schema: segmentDeletionQuery }) query: SegmentDeletionQuery,
    @BaseUrl() baseUrl: string,
  ): Promise<Answer<DeletionRequest>> {
    return this.deletion.deleteSegments(flowId, query, baseUrl);
  }
}

/** `/flow-delete-requests`. */
@Controller('flow-delete-requests')
export class DeletionRequestsController {
  constructor(private readonly requests: DeletionRequests) {}

  @operations.list
  @Get()
  list(@Query({ schema: deletionListQuery }) query: DeletionListQuery): Promise<Page<DeletionRequest>> {
    return this.requests.list(query);
  }

  @operations.get
  @Get(':requestId')
  get(@Param('requestId', { schema: uuid }) requestId: string): Promise<DeletionRequest> {
    return this.requests.get(requestId);
  }
}
