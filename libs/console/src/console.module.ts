import { Module } from '@nestjs/common';
import { ObjectsModule } from '@tams/objects';
import { RetentionModule } from '@tams/segments';
import { StorageModule } from '@tams/storage';
import { CallerController } from './caller/caller.controller';
import { CallerService } from './caller/caller.service';
import { DeletionPreviewController } from './deletion/deletion-preview.controller';
import { DeletionPreviewRepository } from './deletion/deletion-preview.repository';
import { DeletionPreviewService } from './deletion/deletion-preview.service';
import { CoverageController } from './flow-coverage/coverage.controller';
import { CoverageRepository } from './flow-coverage/coverage.repository';
import { CoverageService } from './flow-coverage/coverage.service';
import { FlowOverviewRepository } from './library/flow-overview.repository';
import { FlowOverviewService } from './library/flow-overview.service';
import { LibraryController } from './library/library.controller';
import { SourceOverviewRepository } from './library/source-overview.repository';
import { SourceOverviewService } from './library/source-overview.service';
import { ObjectInspectionController } from './objects/object-inspection.controller';
import { ObjectInspectionRepository } from './objects/object-inspection.repository';
import { ObjectInspectionService } from './objects/object-inspection.service';
import { StorageOverviewController } from './storage/storage-overview.controller';
import { StorageOverviewRepository } from './storage/storage-overview.repository';
import { StorageOverviewService } from './storage/storage-overview.service';
import { VisibleBackends } from './visible-backends';
import { WebhookOverviewController } from './webhooks/webhook-overview.controller';
import { WebhookOverviewRepository } from './webhooks/webhook-overview.repository';
import { WebhookOverviewService } from './webhooks/webhook-overview.service';

/** What a page for people needs in one call; reads only. */
@Module({
  imports: [ObjectsModule, RetentionModule, StorageModule],
  controllers: [
    CallerController,
    LibraryController,
    CoverageController,
    DeletionPreviewController,
    ObjectInspectionController,
    StorageOverviewController,
    WebhookOverviewController,
  ],
  providers: [
    FlowOverviewRepository,
    FlowOverviewService,
    SourceOverviewRepository,
    SourceOverviewService,
    CoverageRepository,
    CoverageService,
    DeletionPreviewRepository,
    DeletionPreviewService,
    VisibleBackends,
    ObjectInspectionRepository,
    ObjectInspectionService,
    StorageOverviewRepository,
    StorageOverviewService,
    WebhookOverviewRepository,
    WebhookOverviewService,
    CallerService,
  ],
})
export class ConsoleModule {}
