import { tagParameters } from '@tams/model';
import { BaseUrl, Operation, type Page } from '@tams/platform';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { mediaObject, objectId, type ObjectDocument, objectQuery, type ObjectQuery } from './object.schema';
import { ObjectService } from './object.service';

const example = {
  id: '99c27f3f-ab67-47ae-8dd3-e5c146912b50',
  timerange: '[20:0_21:0)',
  get_urls: [{ url: 'https://store.example.com/99c27f3f-ab67-47ae-8dd3-e5c146912b50' }],
  referenced_by_flows: ['4f79cfd1-c057-47f4-8e4d-1b126ca7bf34'],
  first_referenced_by_flow: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
};

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
    success: { schema: mediaObject, paged: true, example },
    errors: { 400: 'Invalid query options.', 404: 'There is no such object, or no Flow Segment uses it yet.' },
    queryParameters: [...tagParameters('flow_tag'), ...tagParameters('storage_backend_tag')],
  })
  get(
    @Param('objectId', { schema: objectId }) id: string,
    @Query({ schema: objectQuery }) query: ObjectQuery,
    @BaseUrl() baseUrl: string,
  ): Promise<Page<string, ObjectDocument>> {
    return this.objects.get(id, query, baseUrl);
  }
}
