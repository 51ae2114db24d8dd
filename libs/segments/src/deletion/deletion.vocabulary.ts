import type { ParameterDescription, ParameterVocabulary } from '@tams/platform';
import { DeletionRequestNotFoundError } from './deletion.errors';

const requestId: ParameterDescription = {
  description: 'Identifier of the deletion request.',
  notFound: (id) => new DeletionRequestNotFoundError(id),
};

/** What the API document says of the identifier of a deletion request, under either of its names. */
export const deletionVocabulary: ParameterVocabulary = { requestId, 'request-id': requestId };
