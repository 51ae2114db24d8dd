import { Module } from '@nestjs/common';
import { ObjectAllocation } from './allocation/object-allocation';
import { StorageBackends } from './backends/storage-backends';
import { GetUrls } from './get-urls/get-urls';

/** Storage backends, the URLs of media objects, and their allocation. */
@Module({
  providers: [{ provide: StorageBackends, useFactory: () => new StorageBackends([]) }, GetUrls, ObjectAllocation],
  exports: [StorageBackends, GetUrls, ObjectAllocation],
})
export class StorageModule {}
