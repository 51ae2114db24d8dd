import { Operation } from '@tams/platform';

const notFound = 'There is no such object, or no Flow Segment uses it yet.';

/** What the API document says of `/objects/{objectId}/instances`. */
export const instanceOperations = {
  add: Operation({
    id: 'POST_objects-instances',
    access: ['write'],
    tag: 'Objects',
    summary: 'Register an Object instance',
    description:
      'With `storage_id`: copies the object to another storage backend. The answer comes at once; the copy is made in the background, survives restarts, and is listed in `get_urls` once it is complete and verified. Asking again while it is under way changes nothing.\n\nWith `url` and `label`: adds a URL outside this store, which must give exactly the same bytes. The label must be new to the object and no storage backend’s.\n\nInitialisation objects are not copied along: ask for theirs directly.',
    success: { status: 201, description: 'The copy is under way, or the URL was added.' },
    errors: {
      400: 'The body is not valid, the instance exists already, or there is nothing to copy from.',
      403: 'You do not have permission to modify this Object.',
      404: notFound,
      429: 'You have as many copies in progress as one principal may.',
    },
    body: {
      examples: {
        controlled: {
          summary: 'A copy on another storage backend',
          value: { storage_id: '60af2ab4-e8a5-4c65-a09b-d35983680315' },
        },
        uncontrolled: {
          summary: 'A URL outside this store',
          value: { url: 'https://cdn.example.com/objects/35e9b447.ts', label: 'cdn' },
        },
      },
    },
  }),
  remove: Operation({
    id: 'DELETE_objects-instances',
    access: ['write'],
    tag: 'Objects',
    summary: 'Delete an Object instance',
    description:
      'Takes the instance out of `get_urls` at once; the bytes on a storage backend of ours are freed in the background. The last instance that holds the bytes is never deleted: delete the Flow Segments that use the object instead. Ends a copy that is still under way.',
    success: { status: 204, description: 'The instance is no longer listed.' },
    errors: {
      400: 'Not exactly one of storage_id and label, no such instance, or the last one.',
      403: 'You do not have permission to modify this Object.',
      404: notFound,
    },
  }),
};
