import type { ParameterVocabulary } from '@tams/platform';
import { ProfileNotFoundError } from './profile.errors';

/** What the API document says of the identifier of a Profile. */
export const profileVocabulary: ParameterVocabulary = {
  profileId: {
    description: 'Identifier of the Profile.',
    example: '329b98d6-adeb-418c-8eaf-eca14edc1706',
    notFound: (id) => new ProfileNotFoundError(id),
  },
};
