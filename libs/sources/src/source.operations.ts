import { description, label, propertyOperations, tagOperations, tagParameters } from '@tams/model';
import { Operation } from '@tams/platform';
import { source } from './source.schema';

const owner = {
  name: 'Source',
  tag: 'Sources',
  idPrefix: 'sources-sourceId',
  forbidden: 'You may not change this Source.',
};

const example = {
  id: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
  format: 'urn:x-nmos:format:video',
  label: 'Studio 3, camera 1',
  created: '2026-01-05T09:00:00.000000Z',
  updated: '2026-01-05T09:00:00.000000Z',
  tags: { studio: '3' },
};

/** What the API document says of each operation on Sources. */
export const sourceOperations = {
  list: Operation({
    id: 'GET_sources',
    access: ['read'],
    tag: 'Sources',
    summary: 'List Sources',
    description: 'Most recently created first, unless `sort_by` says otherwise. All filters must match.',
    success: { schema: source.array(), paged: { reverseOrder: true }, example: [example] },
    errors: { 400: 'A query parameter is not valid; `errors` says which.' },
    queryParameters: tagParameters('tag'),
  }),
  get: Operation({
    id: 'GET_sources-sourceId',
    access: ['read'],
    tag: 'Sources',
    summary: 'Read a Source',
    description: 'Its metadata, and the collections it is part of through its Flows.',
    success: { schema: source, example },
    errors: { 404: 'There is no such Source.' },
  }),
  tags: tagOperations(owner),
  description: propertyOperations(owner, {
    id: 'description',
    name: 'description',
    description: 'Text for detailed views, longer than the label.',
    schema: description,
    example: 'Wide shot of the presenters',
  }),
  label: propertyOperations(owner, {
    id: 'label',
    name: 'label',
    description: 'Short text for listings.',
    schema: label,
    example: 'Studio 3, camera 1',
  }),
};
