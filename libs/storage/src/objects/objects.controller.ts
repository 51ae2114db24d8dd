import { Controller, Get, Param, Query } from '@nestjs/common';
import { BaseUrl, Operation, type Page } from '@tams/platform';
import { mediaObject, objectId, type ObjectDocument, objectQuery, type ObjectQuery } from './object.schema';
import { ObjectService } from './object.service';

/** `/objects/{objectId}`; instances have their own issue and join here. */
@Controller('objects')
export class ObjectsController {
  constructor(private readonly objects: ObjectService) {}

  @Get(':objectId')
  @Operation({
    id: 'GET_objects',
    tag: 'Objects',
    summary: 'Object information',
    description:
      'What an object holds, the URLs it can be read from, and the Flows whose Segments use it. The paging parameters page `referenced_by_flows`.',
    success: { schema: mediaObject, paged: true },
    errors: { 400: 'Invalid query options.', 404: 'There is no such object, or no Flow Segment uses it yet.' },
    tagParameters: ['flow_tag', 'storage_backend_tag'],
  })
  get(
    @Param('objectId', { schema: objectId }) id: string,
    @Query({ schema: objectQuery }) query: ObjectQuery,
    @BaseUrl() baseUrl: string,
  ): Promise<Page<string, ObjectDocument>> {
    return this.objects.get(id, query, baseUrl);
  }
}
