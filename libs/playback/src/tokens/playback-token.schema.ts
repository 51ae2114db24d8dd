import { uuid } from '@tams/model';
import { z } from 'zod';

/** Body of POST /service/playback-tokens. */
export const playbackUrlRequest = z
  .strictObject({ flow_id: uuid.optional(), source_id: uuid.optional() }, 'must be an object with flow_id or source_id')
  .refine(({ flow_id: flow, source_id: source }) => (flow === undefined) !== (source === undefined), {
    path: ['flow_id'],
    message: 'must be given, or source_id, and not both',
  })
  .meta({ id: 'PlaybackUrlRequest', minProperties: 1, maxProperties: 1 });
export type PlaybackUrlRequest = z.output<typeof playbackUrlRequest>;

/** A URL that players open without credentials. */
export const playbackUrl = z
  .object({
    url: z.string().meta({ description: 'Address of the playlist; whoever has it can play.' }),
    expires: z.iso.datetime({ offset: true }).optional().meta({
      description: 'When it stops working; absent where the server asks nobody who they are.',
    }),
  })
  .meta({ id: 'PlaybackUrl' });
export type PlaybackUrl = z.output<typeof playbackUrl>;

/** Query of DELETE /service/playback-tokens. */
export const revocationQuery = z.looseObject({
  principal: z.string('must be given once').min(1).max(2000).optional().meta({
    description: 'Whose tokens are revoked, by id or name; administrators only. Absent: the caller’s own.',
  }),
});
export type RevocationQuery = z.output<typeof revocationQuery>;
