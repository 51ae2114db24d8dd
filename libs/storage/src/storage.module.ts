import { Module } from '@nestjs/common';
import { Configuration, Database } from '@tams/platform';
import { BackendAccess } from './backends/backend-access';
import { StorageBackends } from './backends/storage-backends';

/** The storage backends of the configuration, and who may use which. */
@Module({
  providers: [
    {
      provide: StorageBackends,
      inject: [Configuration, Database],
      useFactory: (configuration: Configuration, database: Database) =>
        StorageBackends.open({ configuration, database }),
    },
    BackendAccess,
  ],
  exports: [StorageBackends, BackendAccess],
})
export class StorageModule {}
