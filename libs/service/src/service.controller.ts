import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { Page } from '@tams/platform';
import { RootPaths } from './root-paths';
import { serviceOperations } from './service.operations';
import { type Service, servicePost, type ServicePost } from './service.schema';
import { ServiceService } from './service.service';
import { StorageBackendListing } from './storage-backend-listing';
import { type StorageBackend, storageBackendListQuery, type StorageBackendListQuery } from './storage-backend.schema';

/** `/`, `/service` and `/service/storage-backends`. */
@Controller()
export class ServiceController {
  constructor(
    private readonly rootPaths: RootPaths,
    private readonly service: ServiceService,
    private readonly backends: StorageBackendListing,
  ) {}

  @serviceOperations.root
  @Get()
  root(): readonly string[] {
    return this.rootPaths.list();
  }

  @serviceOperations.get
  @Get('service')
  get(): Promise<Service> {
    return this.service.get();
  }

  @serviceOperations.update
  @Post('service')
  @HttpCode(200)
  update(@Body({ schema: servicePost }) change: ServicePost): Promise<void> {
    return this.service.update(change);
  }

  @serviceOperations.storageBackends
  @Get('service/storage-backends')
  storageBackends(@Query({ schema: storageBackendListQuery }) query: StorageBackendListQuery): Page<StorageBackend> {
    return this.backends.list(query);
  }
}
