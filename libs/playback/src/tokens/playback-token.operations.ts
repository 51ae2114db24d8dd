import { Operation } from '@tams/platform';
import { playlistAnswers } from '../playback.operations';
import { playbackUrl } from './playback-token.schema';

const tag = 'Playback';
const example = {
  url: 'https://store.example.com/playback/tams_play_<43 characters>/output.m3u8',
  expires: '2026-01-05T21:00:00Z',
};
const invalid = 'The token was changed, has expired, or was revoked.';

/** What the API document says of playback tokens (not part of the specification). */
export const playbackTokenOperations = {
  issue: Operation({
    id: 'POST_playback-tokens',
    access: ['read'],
    tag,
    summary: 'Ask for a URL that plays by itself',
    description:
      'For players that cannot send credentials: the URL holds a token that opens this Flow or Source for the caller, and nothing else. Not part of the specification.',
    success: { status: 201, description: 'The URL.', schema: playbackUrl, example },
    errors: { 400: 'Not a valid request; `errors` says why.', 404: 'There is no such Flow or Source.' },
    body: {
      examples: { flow: { summary: 'A Flow', value: { flow_id: '4f79cfd1-c057-47f4-8e4d-1b126ca7bf34' } } },
    },
  }),
  revoke: Operation({
    id: 'DELETE_playback-tokens',
    access: ['read'],
    tag,
    summary: 'Revoke playback tokens',
    description:
      'Ends all playback tokens of the caller, at once; administrators may name somebody else. Not part of the specification.',
    success: { status: 204, description: 'None of them works any more.' },
    errors: { 403: 'Only administrators may name somebody else.' },
  }),
  playlist: Operation({
    id: 'GET_playback-token-output',
    access: 'self-checked',
    tag,
    summary: 'Play what a token opens',
    description: 'The playlist of the Flow or Source the token was issued for. Not part of the specification.',
    success: playlistAnswers,
    errors: { 403: invalid },
  }),
  entry: Operation({
    id: 'GET_playback-token-output-entry',
    access: 'self-checked',
    tag,
    summary: 'Follow an entry of a playlist',
    description: 'Leads a player to the media of one Segment, at a URL signed at that moment.',
    success: [
      { status: 302, description: 'The media is there, for now.', location: 'Of the media.' },
      { status: 200, description: 'What is found there: the media itself.' },
    ],
    errors: { 403: invalid },
  }),
};
