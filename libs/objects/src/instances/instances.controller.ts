import { Body, Controller, Delete, Param, Post, Query } from '@nestjs/common';
import type { Answer } from '@tams/platform';
import { objectId } from '../object.schema';
import { instanceOperations } from './instance.operations';
import {
  objectInstancePost,
  type ObjectInstancePost,
  objectInstanceQuery,
  type ObjectInstanceQuery,
} from './instance.schema';
import { ObjectInstanceService } from './instance.service';

/** `/objects/{objectId}/instances`. */
@Controller('objects/:objectId/instances')
export class ObjectInstancesController {
  constructor(private readonly instances: ObjectInstanceService) {}

  @instanceOperations.add
  @Post()
  add(
    @Param('objectId', { schema: objectId }) id: string,
    @Body({ schema: objectInstancePost }) instance: ObjectInstancePost,
  ): Promise<Answer> {
    return this.instances.add(id, instance);
  }

  @instanceOperations.remove
  @Delete()
  remove(
    @Param('objectId', { schema: objectId }) id: string,
    @Query({ schema: objectInstanceQuery }) query: ObjectInstanceQuery,
  ): Promise<Answer> {
    return this.instances.remove(id, query);
  }
}
