import { BaseUrl, type Page } from '@tams/platform';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { objectOperations } from './object.operations';
import { objectId, type ObjectDocument, objectQuery, type ObjectQuery } from './object.schema';
import { ObjectService } from './object.service';

/** `/objects/{objectId}`; its instances are in `instances/`. */
@Controller('objects')
export class ObjectsController {
  constructor(private readonly objects: ObjectService) {}

  @objectOperations.get
  @Get(':objectId')
  get(
    @Param('objectId', { schema: objectId }) id: string,
    @Query({ schema: objectQuery }) query: ObjectQuery,
    @BaseUrl() baseUrl: string,
  ): Promise<Page<string, ObjectDocument>> {
    return this.objects.get(id, query, baseUrl);
  }
}
