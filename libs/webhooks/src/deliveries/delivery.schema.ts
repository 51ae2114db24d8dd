import { uuid } from '@tams/model';
import { eventTypes } from '@tams/outbox';
import { dateTime, pagingQuery, queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** What becomes of an event that is owed: it waits, it has arrived, or a person has given it up. */
export const deliveryStates = ['waiting', 'delivered', 'abandoned'] as const;

/** One attempt. */
export const attemptEntry = z.object({
  time: z.iso.datetime().meta({ description: 'When it began.' }),
  duration_ms: z.int(),
  status_code: z.int().optional().meta({ description: 'Status of the answer; absent when there was none.' }),
  error: z.string().optional().meta({ description: 'Why it failed.' }),
});

/** An event and how telling one webhook of it went. */
export const delivery = z
  .object({
    id: uuid.meta({ description: 'Identifies the event; the `webhook-id` header of its messages.' }),
    event_type: z.enum(eventTypes),
    event_timestamp: z.iso.datetime(),
    flow_id: uuid.optional(),
    source_id: uuid,
    state: z.enum(deliveryStates),
    attempts: z.int().meta({ description: 'How often it was tried.' }),
    delivered: z.iso.datetime().optional().meta({ description: 'When it arrived, the last time.' }),
    history: z.array(attemptEntry).meta({ description: 'The last attempts, oldest first.' }),
  })
  .meta({ id: 'WebhookDelivery' });
export type Delivery = z.output<typeof delivery>;

/** Query of GET /service/webhooks/{webhookId}/deliveries. */
export const deliveryListQuery = z.looseObject({
  ...pagingQuery,
  state: z
    .enum(deliveryStates, `must be one of ${deliveryStates.join(', ')}`)
    .optional()
    .meta({ description: 'Only deliveries in this state.' }),
  reverse_order: queryBoolean.default(false).meta({ type: 'boolean', description: 'Oldest events first.' }),
});
export type DeliveryListQuery = z.output<typeof deliveryListQuery>;

/** Query of POST /service/webhooks/{webhookId}/replay. */
export const replayQuery = z.looseObject({
  since: dateTime.meta({ description: 'Events that happened at or after this time are sent again.' }),
});
export type ReplayQuery = z.output<typeof replayQuery>;

/** Answer of POST /service/webhooks/{webhookId}/replay. */
export const replayed = z.object({ replayed: z.int() }).meta({ id: 'WebhookReplay' });
export type Replayed = z.output<typeof replayed>;

/** Answer of POST /service/webhooks/{webhookId}/test. */
export const testResult = z
  .object({
    delivered: z.boolean().meta({ description: 'Whether the receiver took the message (2xx).' }),
    ...attemptEntry.shape,
  })
  .meta({ id: 'WebhookTest' });
export type TestResult = z.output<typeof testResult>;
