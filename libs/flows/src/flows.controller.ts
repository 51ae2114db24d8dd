import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import { type FlowStorage, flowStoragePost, type FlowStoragePost } from '@tams/objects';
import { type Answer, BaseUrl, type Page } from '@tams/platform';
import { flowOperations } from './flow.operations';
import { FlowStorageService } from './writing/flow-storage.service';
import {
  type Flow,
  flowListQuery,
  type FlowListQuery,
  flowPut,
  type FlowPut,
  flowQuery,
  type FlowQuery,
} from './flow.schema';
import { FlowReadingService } from './reading/flow-reading.service';
import { FlowWritingService } from './writing/flow-writing.service';

/** `/flows`, and storage for their media. */
@Controller('flows')
export class FlowsController {
  constructor(
    private readonly flows: FlowWritingService,
    private readonly reading: FlowReadingService,
    private readonly storage: FlowStorageService,
  ) {}

  @flowOperations.list
  @Get()
  list(@Query({ schema: flowListQuery }) query: FlowListQuery): Promise<Page<Flow>> {
    return this.reading.list(query);
  }

  @flowOperations.get
  @Get(':flowId')
  get(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Query({ schema: flowQuery }) query: FlowQuery,
  ): Promise<Flow> {
    return this.reading.get(flowId, query);
  }

  @flowOperations.put
  @Put(':flowId')
  put(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: flowPut }) body: FlowPut,
  ): Promise<Answer<Flow>> {
    return this.flows.put(flowId, body);
  }

  @flowOperations.allocate
  @Post(':flowId/storage')
  allocate(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Body({ schema: flowStoragePost }) request: FlowStoragePost,
    @BaseUrl() baseUrl: string,
  ): Promise<FlowStorage> {
    return this.storage.allocate(flowId, request, baseUrl);
  }
}
