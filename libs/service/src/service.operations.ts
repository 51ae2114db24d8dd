import { tagParameters } from '@tams/model';
import { Operation } from '@tams/platform';
import { z } from 'zod';
import { service } from './service.schema';
import { storageBackend } from './storage-backend.schema';

const exampleService = {
  name: 'Studio store',
  description: 'Rushes and programmes of studio 3',
  type: 'urn:x-tams:service.tams-server',
  api_version: '8.2',
  service_version: '0.1.0',
  event_stream_mechanisms: [],
  min_object_timeout: '600:0',
  min_presigned_url_timeout: '600:0',
};

const exampleBackend = {
  id: 'b3a1c9d2-5f6e-4a7b-8c9d-0e1f2a3b4c5d',
  label: 'local-disk',
  store_type: 'http_object_store',
  provider: 'local',
  store_product: 'filesystem',
  default_storage: true,
};

/** What the API document says of the operations on the service itself. */
export const serviceOperations = {
  root: Operation({
    id: 'GET_root',
    access: ['read', 'write', 'delete'],
    tag: 'Service',
    summary: 'List the top-level paths',
    description: 'Where a client that knows nothing but this address begins.',
    success: { schema: z.array(z.string()), example: ['service', 'flows', 'sources'] },
  }),
  get: Operation({
    id: 'GET_service',
    access: ['read', 'write', 'delete'],
    tag: 'Service',
    summary: 'Read what this server is',
    description: 'Name, versions, ways to be told of changes, and how long uploads and URLs are valid.',
    success: { schema: service, example: exampleService },
  }),
  update: Operation({
    id: 'POST_service',
    access: [],
    tag: 'Service',
    summary: 'Set name and description of this server',
    description: 'What is left out stays as it is.',
    success: { description: 'Set.' },
    errors: { 400: 'Not a valid update; `errors` says where.', 403: 'You may not change this server.' },
    body: {
      examples: {
        both: {
          summary: 'Name and description',
          value: { name: 'Studio store', description: 'Rushes and programmes of studio 3' },
        },
        name: { summary: 'The name alone', value: { name: 'Studio store' } },
      },
    },
  }),
  storageBackends: Operation({
    id: 'GET_storage-backends',
    access: ['read', 'write', 'delete'],
    tag: 'Service',
    summary: 'List the Storage Backends',
    description: 'Alphabetically by label; those without one come last, by id.',
    success: { schema: z.array(storageBackend), paged: { reverseOrder: true }, example: [exampleBackend] },
    errors: { 400: 'A query parameter is not valid; `errors` says which.' },
    queryParameters: tagParameters('tag'),
  }),
};
