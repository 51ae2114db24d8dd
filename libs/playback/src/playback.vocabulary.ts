import type { ParameterVocabulary } from '@tams/platform';
import { PlaybackTokenInvalidError } from './playback.errors';

/** What the API document says of the entries of playlists. */
export const playbackVocabulary: ParameterVocabulary = {
  token: {
    description: 'The token, as the address holds it.',
    example: 'tams_play_AbCdEf',
    forbidden: () => new PlaybackTokenInvalidError(),
  },
  entry: { example: '12000000000.ts' },
};
