import { Module } from '@nestjs/common';
import { StorageModule } from '@tams/storage';
import { ObjectAllocation } from './allocation/object-allocation';
import { CollectionRepository } from './collection/collection.repository';
import { ObjectCollector } from './collection/object-collector';
import { ObjectRelease } from './collection/object-release';
import { GetUrls } from './get-urls/get-urls';
import { MediaNames } from './media/media-names';
import { MediaRoutes } from './media/media-routes';
import { PlainMediaAccess } from './media/plain-media-access';
import { ObjectAccess } from './object-access';
import { ObjectGauges } from './object-gauges';
import { ObjectRepository } from './object.repository';
import { ObjectService } from './object.service';
import { ObjectsController } from './objects.controller';
import { ObjectRegistrar } from './registration/object-registrar';

/** Media objects from their allocation to their collection, and the routes that carry the bytes of the embedded store. */
@Module({
  imports: [StorageModule],
  controllers: [ObjectsController],
  providers: [
    GetUrls,
    ObjectAccess,
    ObjectAllocation,
    ObjectRepository,
    ObjectRegistrar,
    ObjectService,
    PlainMediaAccess,
    MediaNames,
    MediaRoutes,
    CollectionRepository,
    ObjectRelease,
    ObjectCollector,
    ObjectGauges,
  ],
  exports: [
    StorageModule,
    GetUrls,
    ObjectAccess,
    ObjectAllocation,
    ObjectRepository,
    ObjectRegistrar,
    ObjectService,
    ObjectRelease,
  ],
})
export class ObjectsModule {}
