import { Module } from '@nestjs/common';
import { StorageModule } from '@tams/storage';
import { ProfileRepository } from './profile.repository';
import { ProfileService } from './profile.service';
import { ProfilesController } from './profiles.controller';
import { RootPaths } from './root-paths';
import { ServiceController } from './service.controller';
import { ServiceRepository } from './service.repository';
import { ServiceService } from './service.service';
import { StorageBackendListing } from './storage-backend-listing';

/** What the server says about itself: root, service, storage backends, and the profiles it keeps. */
@Module({
  imports: [StorageModule],
  controllers: [ServiceController, ProfilesController],
  providers: [RootPaths, ServiceRepository, ServiceService, StorageBackendListing, ProfileRepository, ProfileService],
  exports: [ProfileService],
})
export class ServiceInfoModule {}
