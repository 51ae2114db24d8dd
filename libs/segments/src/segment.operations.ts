import { tagParameters } from '@tams/model';
import { MALFORMED_ID, Operation } from '@tams/platform';
import { failedSegments } from './registration/segment-batch.schema';
import { flowSegment } from './segment.schema';

const example = { object_id: '99c27f3f-ab67-47ae-8dd3-e5c146912b50', timerange: '[20:0_21:0)' };

const failedExample = {
  ...example,
  error: {
    type: 'segment-overlap',
    summary: 'The timerange [20:0_21:0) overlaps the segment at [19:0_20:500000000) of this Flow.',
    time: '2026-01-05T09:00:00.000Z',
  },
};

/** What the API document says of `/flows/{flowId}/segments`, but for its deletion. */
export const segmentOperations = {
  list: Operation({
    id: 'GET_flows-flowId-segments',
    access: ['read'],
    tag: 'FlowSegments',
    summary: 'List Flow Segments',
    description:
      'The segments of a Flow in time order, with the URLs of their media. A Flow that does not exist has none.',
    success: {
      schema: flowSegment.array(),
      paged: { reverseOrder: true, timerange: true },
      example: [{ ...example, get_urls: [{ url: 'https://store.example.com/99c27f3f-ab67-47ae-8dd3-e5c146912b50' }] }],
    },
    errors: { 400: 'Invalid query options.', 404: MALFORMED_ID },
    queryParameters: tagParameters('storage_backend_tag'),
  }),

  register: Operation({
    id: 'POST_flows-flowId-segments',
    access: ['write'],
    tag: 'FlowSegments',
    summary: 'Create Flow Segments',
    description:
      'Registers one segment or a list, placing media objects on the timeline of the Flow. Of a list, what can be registered is, and the answer lists the rest.',
    success: [
      { status: 201, description: 'All segments were registered.' },
      {
        status: 200,
        description: 'Some segments of the list failed; the others were registered.',
        schema: failedSegments,
        example: { failed_segments: [failedExample] },
      },
    ],
    errors: {
      400: 'The body is malformed, the one segment cannot be registered, or the Flow has no container.',
      403: 'The Flow is read-only.',
      404: 'There is no such Flow.',
      413: 'The list is too long; send several requests.',
    },
    body: {
      examples: {
        one: { summary: 'One segment', value: example },
        list: {
          summary: 'A list',
          value: [example, { object_id: 'b8b4ef3a-ac5f-4d94-a7a5-1a3a51a5a0fa', timerange: '[21:0_22:0)' }],
        },
      },
    },
  }),
};
