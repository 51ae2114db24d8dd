import { tagFilterFrom, tags, uuid } from '@tams/model';
import { eventTypes } from '@tams/outbox';
import { closedObject, pagingQuery, queryBoolean } from '@tams/platform';
import { z } from 'zod';

/** Longest URL, in bytes. */
const LONGEST_URL = 2048;
const MOST_IDS = 10_000;

/** Headers that belong to the connection, or that every delivery sets itself. */
const reservedHeaders = new Set([
  ...['connection', 'content-encoding', 'content-length', 'content-type', 'date', 'expect', 'host', 'keep-alive'],
  ...['proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['via', 'user-agent', 'webhook-id', 'webhook-signature', 'webhook-timestamp'],
  ...['traceparent', 'tracestate', 'baggage', 'b3', 'uber-trace-id', 'x-correlation-id'],
  ...['x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'],
]);

const url = z
  .url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' })
  .refine((text) => Buffer.byteLength(text) <= LONGEST_URL, `must not be longer than ${LONGEST_URL} bytes`)
  .refine((text) => withoutCredentials(text), 'must not contain a user name or password; use api_key_name for those')
  .meta({ description: 'Where events are sent, each as one POST request.', examples: ['https://hook.example.com'] });

/** Text that is no URL at all has been complained about before. */
function withoutCredentials(text: string): boolean {
  const parsed = URL.parse(text);
  return parsed === null || (parsed.username === '' && parsed.password === '');
}

const apiKeyName = z
  .string('must be a string')
  .max(256, 'must not be longer than 256 characters')
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of an HTTP header')
  .refine(
    (name) => !reservedHeaders.has(name.toLowerCase()),
    'must not be a header that HTTP or the delivery itself sets',
  )
  .meta({ description: 'Header that carries `api_key_value`.', examples: ['Authorization'] });

const apiKeyValue = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(8192, 'must not be longer than 8192 characters')
  .regex(
    /^[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/,
    'must be possible as the value of an HTTP header',
  )
  .meta({ description: 'Sent as the value of `api_key_name`, and the key deliveries are signed with. Never shown.' });

const ids = (what: string) =>
  z.array(uuid).max(MOST_IDS, `must not hold more than ${MOST_IDS} ids`).optional().meta({ description: what });

/** How segments look in `flows/segments_added`: the same options as those of GET /flows/{flowId}/segments. */
export const segmentPresentation = {
  accept_get_urls: z
    .array(z.string('must be a string'))
    .max(1000)
    .optional()
    .meta({ description: 'Labels of the `get_urls` to include; an empty list for none.' }),
  accept_storage_ids: z
    .array(uuid)
    .max(1000)
    .optional()
    .meta({ description: 'Ids of the Storage Backends whose `get_urls` to include; absent or empty for all.' }),
  presigned: z
    .boolean()
    .optional()
    .meta({ description: 'Only presigned (true) or only plain (false) `get_urls`; absent for both.' }),
  verbose_storage: z.boolean().optional().meta({ description: 'Include storage metadata in `get_urls`.' }),
  include_object_timerange: z.boolean().optional().meta({ description: 'Include `object_timerange`.' }),
};
export type SegmentPresentation = z.output<z.ZodObject<typeof segmentPresentation>>;

/** Common part (schemas/webhook.json). */
const common = {
  url,
  api_key_name: apiKeyName.optional(),
  events: z
    .array(z.enum(eventTypes, `must be one of ${eventTypes.join(', ')}`))
    .max(100)
    .meta({ description: 'What to be told of; an empty list for nothing at present.' }),
  flow_ids: ids('Only events of these Flows. No effect on events of Sources.'),
  source_ids: ids('Only events of these Sources and of their Flows.'),
  flow_collected_by_ids: ids(
    'Only events of Flows that one of these Flows collects; an empty list for those no Flow collects. No effect on events of Sources.',
  ),
  source_collected_by_ids: ids(
    'Only events of Sources, and of their Flows, that one of these Sources collects; an empty list for those no Source collects.',
  ),
  ...segmentPresentation,
  tags: tags.optional(),
};

/** What a client may set. */
const requestedStatus = z.enum(
  ['created', 'disabled'],
  'must be created (send events) or disabled (send none); the server alone sets the others',
);

/**
 * Body of POST /service/webhooks (schemas/webhook-post.json). Closed: what is not listed would be a filter or a transformation that
 * this server does not carry out, and the specification wants a 400 for that.
 */
export const webhookPost = closedObject({
  ...common,
  api_key_value: apiKeyValue.optional(),
  status: requestedStatus.default('created'),
}).meta({ id: 'WebhookPost' });
export type WebhookPost = z.output<typeof webhookPost>;

/** Body of PUT /service/webhooks/{webhookId} (schemas/webhook-put.json). */
export const webhookPut = closedObject({
  id: uuid,
  ...common,
  api_key_value: apiKeyValue
    .optional()
    .meta({ description: 'A new key. Without one the key stays, unless the origin of the `url` changes.' }),
  status: requestedStatus,
  error: z.unknown().optional().meta({
    readOnly: true,
    description: 'Decided by the server, ignored in a request, so that a webhook can be written as it was read.',
  }),
}).meta({ id: 'WebhookPut' });
export type WebhookPut = z.output<typeof webhookPut>;

/** Why a webhook was stopped (schemas/error.json). */
export const webhookError = z.object({
  type: z.string(),
  summary: z.string(),
  traceback: z.array(z.string()).optional().meta({ description: 'The last attempts.' }),
  time: z.iso.datetime(),
});
export type WebhookError = z.output<typeof webhookError>;

export const webhookStatuses = ['created', 'started', 'disabled', 'error'] as const;
export type WebhookStatus = (typeof webhookStatuses)[number];

/** A webhook as clients read it (schemas/webhook-get.json): everything but its key. */
export const webhook = z
  .object({ id: uuid, ...common, status: z.enum(webhookStatuses), error: webhookError.optional() })
  .meta({ id: 'Webhook' });
export type Webhook = z.output<typeof webhook>;

/** Query of GET /service/webhooks. */
export const webhookListQuery = z
  .looseObject({ ...pagingQuery, reverse_order: queryBoolean.default(false) })
  .transform((query, context) => ({ ...query, tags: tagFilterFrom(query, 'tag', context) }));
export type WebhookListQuery = z.output<typeof webhookListQuery>;
