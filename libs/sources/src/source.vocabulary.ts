import type { ParameterVocabulary } from '@tams/platform';
import { SourceNotFoundError } from './source.errors';

/** What the API document says of the identifier of a Source. */
export const sourceVocabulary: ParameterVocabulary = {
  sourceId: {
    description: 'Identifier of the Source.',
    example: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
    notFound: (id) => new SourceNotFoundError(id),
  },
};
