import { Operation } from '@tams/platform';
import { deletionRequest } from './deletion.schema';

const example = {
  id: '9f0187c1-419c-44d2-8269-e869ba409462',
  flow_id: 'd14c70ad-6c59-4092-b51f-b75f6edf04e3',
  timerange_to_delete: '_',
  timerange_remaining: '[1537349339:0_1537349347:21333333)',
  delete_flow: true,
  created: '2026-01-05T09:00:00.000000Z',
  updated: '2026-01-05T09:00:01.000000Z',
  expiry: '2026-01-06T09:00:01.000000Z',
  status: 'started',
};

const answers = (gone: string) => [
  { status: 204, description: `${gone} Objects that nothing uses any more are removed later.` },
  {
    status: 202,
    description: 'There is much to delete, and it goes on after this answer.',
    schema: deletionRequest,
    location: 'The deletion request, which tells how far it has come.',
    example,
  },
];

/** What the API document says of deleting. */
export const deletionOperations = {
  deleteFlow: Operation({
    id: 'DELETE_flows-flowId',
    access: ['delete'],
    tag: 'Flows',
    summary: 'Delete a Flow',
    description:
      'With its segments, and its Source if it has no other Flow. A large Flow is deleted after the answer: meanwhile it can be read, but not changed. Objects that other segments use stay.',
    success: answers('The Flow and its segments are gone.'),
    errors: { 403: 'The Flow is read-only.', 404: 'There is no such Flow.' },
  }),
  deleteSegments: Operation({
    id: 'DELETE_flows-flowId-segments',
    access: ['delete'],
    tag: 'FlowSegments',
    summary: 'Delete Flow Segments',
    description:
      'Those that lie wholly within `timerange`. Many segments are deleted after the answer, earliest first; new ones can be registered there once that is done. Objects that other segments use stay.',
    success: answers('The segments are gone.'),
    errors: {
      400: 'Invalid query options.',
      403: 'The Flow is read-only, or being deleted.',
      404: 'There is no such Flow.',
    },
  }),
  list: Operation({
    id: 'GET_flow-delete-requests',
    access: [],
    tag: 'FlowDeleteRequests',
    summary: 'List deletion requests',
    description: 'Those that are at work, and those that were finished not long ago.',
    success: { schema: deletionRequest.array(), paged: { reverseOrder: true }, example: [example] },
    errors: { 400: 'Invalid query options.' },
  }),
  get: Operation({
    id: 'GET_flow-delete-requests-request-id',
    access: ['delete'],
    tag: 'FlowDeleteRequests',
    summary: 'Read a deletion request',
    description: 'How far it has come; it is forgotten some time after it is done.',
    success: { schema: deletionRequest, example },
    errors: { 404: 'There is no such request, or it is finished and forgotten.' },
  }),
};
