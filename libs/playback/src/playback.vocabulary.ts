import type { ParameterVocabulary } from '@tams/platform';

/** What the API document says of the entries of playlists. */
export const playbackVocabulary: ParameterVocabulary = {
  entry: { example: '12000000000.ts' },
};
