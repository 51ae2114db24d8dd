import { Module } from '@nestjs/common';
import { StorageModule } from '@tams/storage';
import { RootPaths } from './root-paths';
import { ServiceController } from './service.controller';
import { ServiceRepository } from './service.repository';
import { ServiceService } from './service.service';
import { StorageBackendListing } from './storage-backend-listing';

/** What the server says about itself: root, service and storage backends. */
@Module({
  imports: [StorageModule],
  controllers: [ServiceController],
  providers: [RootPaths, ServiceRepository, ServiceService, StorageBackendListing],
})
export class ServiceModule {}
