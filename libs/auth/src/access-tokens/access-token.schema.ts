import { dateTime, pagingQuery, rights } from '@tams/platform';
import { z } from 'zod';
import { scopeOf } from '../scopes';

/** Longest life of a token, in days: what a URL carries is seen by many eyes. */
export const MAXIMUM_LIFETIME_DAYS = 366;

const scopes = z
  .array(z.enum(rights.map(scopeOf), `must be one of ${rights.map(scopeOf).join(', ')}`), 'must be a list of scopes')
  .min(1, 'must not be empty');

const groups = z
  .array(z.string('must be a text').min(1, 'must not be empty').max(200, 'is too long'), 'must be a list of groups')
  .max(100, 'must not be more than 100');

/** Body of POST /service/access-tokens. */
export const newAccessToken = z
  .strictObject(
    {
      name: z
        .string('must be a text')
        .trim()
        .min(1, 'must not be empty')
        .max(200, 'must not be longer than 200 characters')
        .meta({ description: 'Who uses it; requests with the token are attributed to this name.' }),
      scopes,
      groups: groups.default([]),
      expires: dateTime
        .refine((time) => Date.parse(time) > Date.now(), 'must be in the future')
        .refine(
          (time) => Date.parse(time) <= Date.now() + MAXIMUM_LIFETIME_DAYS * 86_400_000,
          `must be within ${MAXIMUM_LIFETIME_DAYS} days`,
        ),
    },
    'must be an object',
  )
  .meta({ id: 'NewAccessToken' });
export type NewAccessToken = z.output<typeof newAccessToken>;

/** A token as administrators see it: everything but the token. */
export const accessToken = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.string()),
    groups: z.array(z.string()),
    created_by: z.string().optional(),
    created: z.iso.datetime({ offset: true }),
    expires: z.iso.datetime({ offset: true }),
    revoked: z.iso.datetime({ offset: true }).optional().meta({ description: 'When it was revoked.' }),
  })
  .meta({ id: 'AccessToken' });
export type AccessToken = z.output<typeof accessToken>;

/** The answer to POST: the only time the token itself is shown. */
export const issuedAccessToken = accessToken
  .extend({ access_token: z.string().meta({ description: 'The token. It is shown now and never again.' }) })
  .meta({ id: 'IssuedAccessToken' });
export type IssuedAccessToken = z.output<typeof issuedAccessToken>;

/** Query of GET /service/access-tokens. */
export const accessTokenListQuery = z.looseObject({ ...pagingQuery });
export type AccessTokenListQuery = z.output<typeof accessTokenListQuery>;
