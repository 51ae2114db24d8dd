import { tagFilterFrom, tags, uuid } from '@tams/model';
import { eventTypes } from '@tams/outbox';
import { pagingQuery, queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** Query of GET /console/api/webhooks. */
export const webhookOverviewQuery = z
  .looseObject({ ...pagingQuery, reverse_order: queryBoolean.default(false) })
  .transform((query, context) => ({ ...query, tags: tagFilterFrom(query, 'tag', context) }));
export type WebhookOverviewQuery = z.output<typeof webhookOverviewQuery>;

/** One webhook and how it is being served. */
export const webhookOverview = z
  .object({
    id: uuid,
    url: z.string(),
    events: z.array(z.enum(eventTypes)),
    status: z.enum(['created', 'started', 'disabled', 'error']),
    error: z.looseObject({}).optional().meta({ description: 'Why it was given up.' }),
    tags: tags.optional(),
    failures: z.int().meta({ description: 'Attempts that failed in a row.' }),
    failing_since: z.iso.datetime().optional(),
    next_attempt: z.iso.datetime().optional(),
    owed: z.int().meta({ description: 'Events that wait to be delivered, counted up to 10,000.' }),
    oldest_owed: z.iso.datetime().optional().meta({ description: 'When the oldest of them happened.' }),
    last_attempt: z
      .looseObject({
        time: z.string(),
        duration_ms: z.number(),
        status_code: z.int().optional(),
        error: z.string().optional(),
      })
      .optional()
      .meta({ description: 'How the last attempt to deliver the oldest of them went.' }),
  })
  .meta({ id: 'WebhookOverview' });
export type WebhookOverview = z.output<typeof webhookOverview>;
