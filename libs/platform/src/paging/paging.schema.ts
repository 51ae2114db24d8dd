import { z } from 'zod';
import { DEFAULT_PAGE_LIMIT, MAXIMUM_PAGE_LIMIT } from './page';

/** `true` or `false` in a query. */
export const queryBoolean = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((value) => value === 'true')
  .meta({ type: 'boolean' });

/** A whole number in a query. */
export const queryInteger = z
  .string('must be given once')
  .regex(/^-?\d+$/, 'must be a whole number')
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value), `must be at most ${Number.MAX_SAFE_INTEGER}, of either sign`)
  .meta({ type: 'integer' });

/** `limit`: default 100; what exceeds 1000 is served as 1000, as `X-Paging-Limit` then says. */
export const queryLimit = z
  .string('must be given once')
  .regex(/^-?\d+$/, 'must be a whole number')
  .transform(Number)
  .refine(
    (limit) => limit >= 1 && Number.isSafeInteger(limit),
    `must be at least 1, and more than ${MAXIMUM_PAGE_LIMIT} are never returned`,
  )
  .optional()
  .transform((limit) => Math.min(limit ?? DEFAULT_PAGE_LIMIT, MAXIMUM_PAGE_LIMIT))
  .meta({
    type: 'integer',
    minimum: 1,
    description: `Most items to return: ${DEFAULT_PAGE_LIMIT} unless given, and never more than ${MAXIMUM_PAGE_LIMIT}.`,
  });

/** `page` and `limit`, common to all listings. */
export const pagingQuery = {
  page: z
    .string('must be given once')
    .max(8192, 'is not a page key of this listing')
    .optional()
    .meta({ description: 'Opaque key of a page, from `X-Paging-NextKey` or the `Link` of the page before.' }),
  limit: queryLimit,
};
