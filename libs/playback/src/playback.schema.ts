import { timeRange } from '@tams/model';
import { queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** Query of every playlist. */
export const playlistQuery = z.looseObject({
  timerange: timeRange.optional().meta({
    description: 'Only what overlaps this timerange of the Flow, in whole Segments.',
  }),
  direct: queryBoolean.default(false).meta({
    type: 'boolean',
    description:
      'Whether entries are presigned URLs themselves, which expire, instead of addresses of this server that lead to fresh ones.',
  }),
});
export type PlaylistQuery = z.output<typeof playlistQuery>;

/** Name of an entry below `output/`: when its segment ends, in nanoseconds, or an initialisation object. */
export const entryName = z
  .string()
  .regex(/^(?:(?:0|-?[1-9]\d{0,18})\.[a-z0-9]{1,8}|init-[\w-]{1,4000}\.mp4)$/, 'must be an entry of the playlist')
  .meta({ description: 'An entry, as the playlist names it.' });
