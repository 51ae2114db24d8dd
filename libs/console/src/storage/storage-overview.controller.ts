import { Controller, Get } from '@nestjs/common';
import { storageOverviewOperations } from './storage-overview.operations';
import type { RetentionOverview, StorageOverview } from './storage-overview.schema';
import { StorageOverviewService } from './storage-overview.service';

/** `/console/api/storage` and `/console/api/retention`. */
@Controller('console/api')
export class StorageOverviewController {
  constructor(private readonly storage: StorageOverviewService) {}

  @storageOverviewOperations.storage
  @Get('storage')
  overview(): Promise<StorageOverview> {
    return this.storage.overview();
  }

  @storageOverviewOperations.retention
  @Get('retention')
  retention(): Promise<RetentionOverview> {
    return this.storage.retention();
  }
}
