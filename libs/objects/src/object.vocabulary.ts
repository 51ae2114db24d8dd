import type { ParameterVocabulary } from '@tams/platform';
import { ObjectNotFoundError } from './object.errors';

/** What the API document says of the identifier of an Object. */
export const objectVocabulary: ParameterVocabulary = {
  objectId: {
    description: 'Identifier of the Object; percent-encode characters such as `/`.',
    example: '99c27f3f-ab67-47ae-8dd3-e5c146912b50',
    notFound: (id) => new ObjectNotFoundError(id),
  },
};
