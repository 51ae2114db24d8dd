import { Module } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { ObjectAllocation } from './allocation/object-allocation';
import { StorageBackends } from './backends/storage-backends';
import { MediaRoutes } from './filesystem/media-routes';
import { PlainMediaAccess } from './filesystem/plain-media-access';
import { GetUrls } from './get-urls/get-urls';

/** Storage backends, the URLs of media objects, their allocation, and the embedded object store with its own routes. */
@Module({
  providers: [
    {
      provide: StorageBackends,
      inject: [Configuration, Database],
      useFactory: (configuration: Configuration, database: Database) =>
        StorageBackends.open({ configuration, database }),
    },
    GetUrls,
    ObjectAllocation,
    PlainMediaAccess,
    MediaRoutes,
  ],
  exports: [StorageBackends, GetUrls, ObjectAllocation],
})
export class StorageModule {}
