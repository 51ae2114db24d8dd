import { Controller, Get, Param, Query } from '@nestjs/common';
import { uuid } from '@tams/model';
import { coverageOperations } from './coverage.operations';
import { type Coverage, coverageQuery, type CoverageQuery } from './coverage.schema';
import { CoverageService } from './coverage.service';

/** `/console/api/flows/{flowId}/coverage`. */
@Controller('console/api/flows/:flowId/coverage')
export class CoverageController {
  constructor(private readonly coverage: CoverageService) {}

  @coverageOperations.get
  @Get()
  get(
    @Param('flowId', { schema: uuid }) flowId: string,
    @Query({ schema: coverageQuery }) query: CoverageQuery,
  ): Promise<Coverage> {
    return this.coverage.of(flowId, query);
  }
}
