import { tagParameters } from '@tams/model';
import { Operation } from '@tams/platform';
import { mediaObject } from './object.schema';

const example = {
  id: '99c27f3f-ab67-47ae-8dd3-e5c146912b50',
  timerange: '[20:0_21:0)',
  get_urls: [{ url: 'https://store.example.com/99c27f3f-ab67-47ae-8dd3-e5c146912b50' }],
  referenced_by_flows: ['4f79cfd1-c057-47f4-8e4d-1b126ca7bf34'],
  first_referenced_by_flow: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
};

/** What the API document says of `/objects/{objectId}`. */
export const objectOperations = {
  get: Operation({
    id: 'GET_objects',
    access: ['read'],
    tag: 'Objects',
    summary: 'Object information',
    description:
      'What an object holds, the URLs it can be read from, and the Flows whose Segments use it. The paging parameters page `referenced_by_flows`.',
    success: { schema: mediaObject, paged: true, example },
    errors: { 400: 'Invalid query options.', 404: 'There is no such object, or no Flow Segment uses it yet.' },
    queryParameters: [...tagParameters('flow_tag'), ...tagParameters('storage_backend_tag')],
  }),
};
