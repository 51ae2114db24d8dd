import { Module } from '@nestjs/common';
import { StorageModule } from '../storage.module';
import { ObjectRegistrar } from './object-registrar';
import { ObjectRepository } from './object.repository';
import { ObjectService } from './object.service';
import { ObjectsController } from './objects.controller';

/** Objects: the media and initialisation files that segments refer to, and their instances. */
@Module({
  imports: [StorageModule],
  controllers: [ObjectsController],
  providers: [ObjectRepository, ObjectRegistrar, ObjectService],
  exports: [ObjectRepository, ObjectRegistrar, ObjectService],
})
export class ObjectsModule {}
