import { MALFORMED_ID, Operation, type OperationOptions, type SuccessAnswer } from '@tams/platform';
import { PLAYLIST_MEDIA_TYPE } from './playlist/tags';

const tag = 'Playback';

const example = `#EXTM3U
#EXT-X-VERSION:8
#EXT-X-TARGETDURATION:2
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-TAMS-TIMERANGE:[10:0_12:0)
#EXTINF:2.000,
output/12000000000.ts
#EXT-X-ENDLIST
`;

/** How a playlist is answered. */
export const playlistAnswers: readonly SuccessAnswer[] = [
  {
    status: 200,
    description: 'An HLS playlist (RFC 8216bis).',
    mediaType: PLAYLIST_MEDIA_TYPE,
    example,
    headers: { ETag: 'Changes with the playlist.' },
  },
  { status: 304, description: 'The playlist is the one whose `ETag` was sent.' },
];

const playlist: Pick<OperationOptions, 'success' | 'errors'> = {
  success: playlistAnswers,
  errors: {
    400: 'A query parameter is not valid, or the playlist would be too long; `errors` says which.',
    404: `There is no such resource, or it has no Segments there. ${MALFORMED_ID}`,
    415: 'Nothing of it is in a form that HLS can play; `detail` says why.',
  },
};

/** What the API document says of playback (not part of the specification). */
export const playbackOperations = {
  flow: Operation({
    id: 'GET_flows-flowId-output',
    access: ['read'],
    tag,
    summary: 'Play a Flow',
    description:
      'An HLS preview of a Flow, not part of the specification: a media playlist where the Flow has Segments of its own, a multivariant playlist of what it collects otherwise. Players get less than the store’s exact timing; `EXT-X-TAMS-TIMERANGE` says where each entry lies on the timeline of the Flow.',
    ...playlist,
  }),
  source: Operation({
    id: 'GET_sources-sourceId-output',
    access: ['read'],
    tag,
    summary: 'Play a Source',
    description:
      'An HLS preview of a Source, not part of the specification: a multivariant playlist of the Flows that represent it, or that represent what it collects.',
    ...playlist,
  }),
  entry: Operation({
    id: 'GET_flows-flowId-output-entry',
    access: ['read'],
    tag,
    summary: 'Follow an entry of a playlist',
    description:
      'Leads a player to the media of one Segment, at a URL signed at that moment. A gap is an empty answer, for players that do not know `EXT-X-GAP`.',
    success: [
      { status: 302, description: 'The media is there, for now.', location: 'Of the media.' },
      { status: 200, description: 'What is found there: the media itself; nothing for a gap.' },
    ],
    errors: { 404: `There is no such Flow, or no such entry any more. ${MALFORMED_ID}` },
  }),
};
