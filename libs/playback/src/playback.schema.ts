import { timeRange } from '@tams/model';
import { queryBoolean, queryInteger } from '@tams/platform';
import { z } from 'zod';

/** Kinds of media playlist. */
export const playlistTypes = ['live', 'vod'] as const;
export type PlaylistType = (typeof playlistTypes)[number];

/** Query of every playlist. */
export const playlistQuery = z.looseObject({
  timerange: timeRange.optional().meta({
    description: 'Only what overlaps this timerange of the Flow, in whole Segments.',
  }),
  type: z
    .enum(playlistTypes, `must be one of ${playlistTypes.join(', ')}`)
    .optional()
    .meta({
      description:
        'Whether the playlist is a window at the end of a Flow that grows (`live`) or complete (`vod`); by default as the status of the Flow says, else by how fresh its last Segment is.',
    }),
  _HLS_msn: queryInteger.optional().meta({
    description:
      'Of a live playlist: the answer waits until it has the entry of this number (blocking playlist reload).',
  }),
  direct: queryBoolean.default(false).meta({
    type: 'boolean',
    description:
      'Whether entries are presigned URLs themselves, which expire, instead of addresses of this server that lead to fresh ones.',
  }),
});
export type PlaylistQuery = z.output<typeof playlistQuery>;

/** Name of an entry below `output/`: when its segment ends, in nanoseconds, an initialisation object, or a gap. */
export const entryName = z
  .string()
  .regex(/^(?:(?:0|-?[1-9]\d{0,18}|gap)\.[a-z0-9]{1,8}|init-[\w-]{1,4000}\.mp4)$/, 'must be an entry of the playlist')
  .meta({ description: 'An entry, as the playlist names it.' });
