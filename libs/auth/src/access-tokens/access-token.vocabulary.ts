import type { ParameterVocabulary } from '@tams/platform';
import { AccessTokenNotFoundError } from './access-token.errors';

/** What the API document says of the identifier of an access token. */
export const accessTokenVocabulary: ParameterVocabulary = {
  tokenId: { notFound: (id) => new AccessTokenNotFoundError(id) },
};
