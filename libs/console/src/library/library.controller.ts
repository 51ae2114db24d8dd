import { Controller, Get, Param, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import type { Page } from '@tams/platform';
import { FlowOverviewService } from './flow-overview.service';
import { libraryOperations } from './library.operations';
import {
  type FlowOverview,
  flowOverviewQuery,
  type FlowOverviewQuery,
  type SourceOverview,
  sourceOverviewQuery,
  type SourceOverviewQuery,
} from './library.schema';
import { SourceOverviewService } from './source-overview.service';

/** `/console/api/flows` and `/console/api/sources`: what a page that lists the library shows. */
@Controller('console/api')
export class LibraryController {
  constructor(
    private readonly flowOverviews: FlowOverviewService,
    private readonly sourceOverviews: SourceOverviewService,
  ) {}

  @libraryOperations.flows
  @Get('flows')
  flows(@Query({ schema: flowOverviewQuery }) query: FlowOverviewQuery): Promise<Page<FlowOverview>> {
    return this.flowOverviews.list(query);
  }

  @libraryOperations.flow
  @Get('flows/:flowId')
  flow(@Param('flowId', { schema: uuid }) flowId: string): Promise<FlowOverview> {
    return this.flowOverviews.get(flowId);
  }

  @libraryOperations.sources
  @Get('sources')
  sources(@Query({ schema: sourceOverviewQuery }) query: SourceOverviewQuery): Promise<Page<SourceOverview>> {
    return this.sourceOverviews.list(query);
  }
}
