import { description, label, propertyOperations, tagOperations, tagParameters, wholeNumber } from '@tams/model';
import { flowStorage } from '@tams/objects';
import { MALFORMED_ID, Operation } from '@tams/platform';
import { z } from 'zod';
import { flowCollection } from './collections/flow-collection.schema';
import { flow } from './flow.schema';

const forbidden = 'The Flow is read-only.';
const owner = { name: 'Flow', tag: 'Flows', idPrefix: 'flows-flowId', forbidden };

const videoFlow = {
  id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34',
  source_id: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
  label: 'Studio 3, camera 1, HD',
  format: 'urn:x-nmos:format:video',
  codec: 'video/h264',
  container: 'video/mp2t',
  essence_parameters: { frame_rate: { numerator: 25 }, frame_width: 1920, frame_height: 1080 },
};

const profiledFlow = {
  id: '0f4d0f4a-6a3d-4b0e-9d7f-5a3f3a1c9b11',
  source_id: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
  profile_id: '329b98d6-adeb-418c-8eaf-eca14edc1706',
};

const multiFlow = {
  id: 'e85efab4-993b-4ad6-9af3-4cd8d0d38860',
  source_id: 'a77d0061-0878-4e8a-a114-772d03f952c1',
  format: 'urn:x-nmos:format:multi',
  container: 'video/mp2t',
  flow_collection: [{ id: videoFlow.id, role: 'video' }],
};

const exampleStorage = {
  media_objects: [
    {
      object_id: '99c27f3f-ab67-47ae-8dd3-e5c146912b50',
      put_url: {
        url: 'https://store.example.com/99c27f3f-ab67-47ae-8dd3-e5c146912b50?signature=…',
        'content-type': 'video/mp2t',
      },
      presigned: true,
    },
  ],
};

const exampleFlow = {
  ...videoFlow,
  metadata_version: '5b1c0a3e-9a64-4e5c-8f55-0f6f7f2a9f10',
  created: '2026-01-05T09:00:00.000000Z',
  metadata_updated: '2026-01-05T09:00:00.000000Z',
};

/** What the API document says of each operation on Flows. */
export const flowOperations = {
  list: Operation({
    id: 'GET_flows',
    access: ['read'],
    tag: 'Flows',
    summary: 'List Flows',
    description:
      'Most recently created first, unless `sort_by` says otherwise. All filters must match; `timerange=()` selects Flows without content.',
    success: { schema: flow.array(), paged: { reverseOrder: true }, example: [exampleFlow] },
    errors: { 400: 'A query parameter is not valid; `errors` says which.' },
    queryParameters: tagParameters('tag'),
  }),
  get: Operation({
    id: 'GET_flows-flowId',
    access: ['read'],
    tag: 'Flows',
    summary: 'Read a Flow',
    description: 'Its metadata; with `include_timerange=true` also what its Segments cover.',
    success: { schema: flow, example: exampleFlow },
    errors: { 400: 'A query parameter is not valid.', 404: 'There is no such Flow.' },
  }),
  put: Operation({
    id: 'PUT_flows-flowId',
    access: ['write'],
    tag: 'Flows',
    summary: 'Create or replace a Flow',
    description:
      'Give technical metadata, or a `profile_id` to take it from a Profile. The Source appears with its first Flow. What the server manages (`created`, `timerange`, `collected_by`, …) is ignored here, so a Flow read from another store can be written as it is.',
    success: [
      { status: 201, description: 'Created.', schema: flow, example: exampleFlow },
      { status: 204, description: 'Replaced.' },
    ],
    body: {
      examples: {
        video: { summary: 'A video Flow in MPEG transport stream', value: videoFlow },
        profile: { summary: 'A Flow made from a Profile', value: profiledFlow },
        multi: { summary: 'A multiplex that collects another Flow', value: multiFlow },
      },
    },
    errors: {
      400: 'The Flow breaks a rule; `errors` names the fields.',
      403: forbidden,
      404: MALFORMED_ID,
    },
  }),
  allocate: Operation({
    id: 'POST_flows-flowId-storage',
    access: ['write'],
    tag: 'MediaStorage',
    summary: 'Get places to upload new media of a Flow',
    description:
      'Each place has an object id and a URL to PUT the bytes to, with the content type it names. Register an object with a Segment before `min_object_timeout` (GET /service) has passed, or it is collected.',
    success: { status: 201, description: 'Allocated.', schema: flowStorage, example: exampleStorage },
    body: {
      required: false,
      examples: {
        limit: { summary: 'Ten new objects', value: { limit: 10 } },
        object_ids: { summary: 'Objects with ids of your own', value: { object_ids: ['news/2026-01-05/0001.ts'] } },
      },
    },
    errors: {
      400: 'Not valid, an id is in use already, or the Flow has no container.',
      403: forbidden,
      404: 'There is no such Flow.',
    },
  }),
};

/** What the API document says of each operation on properties of Flows. */
export const flowPropertyOperations = {
  tags: tagOperations(owner),
  description: propertyOperations(owner, {
    id: 'description',
    name: 'description',
    description: 'Text for detailed views, longer than the label.',
    schema: description,
    example: 'Contribution feed from studio 3',
  }),
  label: propertyOperations(owner, {
    id: 'label',
    name: 'label',
    description: 'Short text for listings.',
    schema: label,
    example: 'Studio 3, camera 1, HD',
  }),
  readOnly: propertyOperations(
    { ...owner, forbidden: 'You may not change this Flow.' },
    {
      id: 'read-only',
      name: 'read-only switch',
      description:
        'While true, the Flow refuses every change to its metadata and Segments, and deletion. This switch alone still works.',
      schema: z.boolean(),
      example: true,
    },
  ),
  collection: propertyOperations(owner, {
    id: 'flow-collection',
    name: 'collection',
    description: 'The Flows this one collects, in order. Flows of one Source must agree on roles and order.',
    schema: flowCollection,
    example: [{ id: videoFlow.id, role: 'video' }],
  }),
  maxBitRate: propertyOperations(owner, {
    id: 'max-bit-rate',
    name: 'maximum bit rate',
    description: 'In units of 1000 bits per second.',
    schema: wholeNumber,
    example: 5000,
  }),
  averageBitRate: propertyOperations(owner, {
    id: 'avg-bit-rate',
    name: 'average bit rate',
    description: 'In units of 1000 bits per second. It follows the Profile of a Flow that has one.',
    schema: wholeNumber,
    example: 3246,
  }),
};
