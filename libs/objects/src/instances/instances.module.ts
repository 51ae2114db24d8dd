import { Module } from '@nestjs/common';
import { AddressPolicy, Configuration, HostResolver } from '@tams/platform';
import { ObjectsModule } from '../objects.module';
import { ExternalSource } from './external-source';
import { InstanceCopies } from './instance-copies';
import { InstanceDeletions } from './instance-deletions';
import { InstanceJobs } from './instance-jobs';
import { InstanceWork } from './instance-work';
import { ObjectInstanceRepository } from './instance.repository';
import { ObjectInstanceService } from './instance.service';
import { ObjectInstancesController } from './instances.controller';
import { SizeSurvey } from './size-survey';
import { SoleInstanceBackfill } from './sole-instance-backfill';

/** Instances of objects: copies on several storage backends, and URLs outside this store. */
@Module({
  imports: [ObjectsModule],
  controllers: [ObjectInstancesController],
  providers: [
    ObjectInstanceRepository,
    ObjectInstanceService,
    InstanceCopies,
    InstanceDeletions,
    InstanceJobs,
    InstanceWork,
    SizeSurvey,
    SoleInstanceBackfill,
    ExternalSource,
    HostResolver,
    {
      provide: AddressPolicy,
      inject: [Configuration],
      useFactory: ({ copies }: Configuration) => new AddressPolicy(copies.allowedHosts, 'COPY_SOURCE_ALLOWED_HOSTS'),
    },
  ],
})
export class ObjectInstancesModule {}
