import { contentFormat, description, label, mimeType, profileTechnical, tags, uuid } from '@tams/model';
import { pagingQuery } from '@tams/platform';
import { z } from 'zod';

/** A profile (schemas/profile.json): in a POST, and as clients read it. */
export const profile = z
  .object(
    {
      id: uuid,
      label: label.optional(),
      description: description.optional(),
      created_by: z.string('must be a string').max(1000, 'must not be longer than 1000 characters').optional(),
      created: z.iso
        .datetime({ offset: true, error: 'must be a date and time (RFC 3339)' })
        .optional()
        .meta({ description: 'When it was created; decided by the server, ignored in a request.' }),
      tags: tags.optional(),
      flow_metadata: profileTechnical.meta({ description: 'What Flows made from this profile are given.' }),
    },
    'must be an object',
  )
  .meta({ id: 'Profile' });
export type Profile = z.output<typeof profile>;

/** Query of GET /service/profiles. */
export const profileListQuery = z.looseObject({
  ...pagingQuery,
  format: contentFormat.optional(),
  codec: mimeType.optional(),
  label: z.string('must be given once').optional(),
});
export type ProfileListQuery = z.output<typeof profileListQuery>;
