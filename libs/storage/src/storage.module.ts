import { Module } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { ObjectAllocation } from './allocation/object-allocation';
import { BackendAccess } from './backends/backend-access';
import { StorageBackends } from './backends/storage-backends';
import { CollectionRepository } from './collection/collection.repository';
import { ObjectCollector } from './collection/object-collector';
import { ObjectRelease } from './collection/object-release';
import { MediaRoutes } from './filesystem/media-routes';
import { PlainMediaAccess } from './filesystem/plain-media-access';
import { GetUrls } from './get-urls/get-urls';
import { ObjectAccess } from './objects/object-access';

/** Storage backends, the URLs of media objects, their allocation, and the embedded object store with its own routes. */
@Module({
  providers: [
    {
      provide: StorageBackends,
      inject: [Configuration, Database],
      useFactory: (configuration: Configuration, database: Database) =>
        StorageBackends.open({ configuration, database }),
    },
    BackendAccess,
    GetUrls,
    ObjectAccess,
    ObjectAllocation,
    PlainMediaAccess,
    MediaRoutes,
    CollectionRepository,
    ObjectRelease,
    ObjectCollector,
  ],
  exports: [StorageBackends, BackendAccess, GetUrls, ObjectAccess, ObjectAllocation, ObjectRelease],
})
export class StorageModule {}
