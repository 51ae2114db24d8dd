import { Operation } from '@tams/platform';
import { delivery, replayed, testResult } from './delivery.schema';

const attempts = [
  { time: '2026-01-05T09:00:00.250Z', duration_ms: 12, status_code: 503, error: 'answered 503' },
  { time: '2026-01-05T09:00:01.000Z', duration_ms: 9, status_code: 204 },
];

const example = {
  id: '0f6a3c52-5b44-4b6e-9a5c-3c6b8d9ce2a1',
  event_type: 'flows/updated',
  event_timestamp: '2026-01-05T09:00:00.123456Z',
  flow_id: '4f2a7c52-5b44-4b6e-9a5c-3c6b8d9ce2a1',
  source_id: '2aa143ac-0ab7-4d75-bc32-5c00c13d186f',
  state: 'delivered',
  attempts: 2,
  delivered: '2026-01-05T09:00:01.009000Z',
  history: attempts,
};

const extension = 'An extension of this server: not part of the TAMS specification.';
const tag = 'Webhooks';
const missing = 'There is no such webhook, or no such delivery.';

/** What the API document says of the operations on deliveries. */
export const deliveryOperations = {
  list: Operation({
    id: 'GET_webhooks-webhookId-deliveries',
    access: ['read'],
    tag,
    summary: 'List the deliveries of a webhook',
    description: `What it was owed and how telling it went, latest events first. ${extension}`,
    success: { schema: delivery.array(), paged: { reverseOrder: true }, example: [example] },
    errors: { 400: 'A query parameter is not valid; `errors` says which.', 404: 'There is no such webhook.' },
  }),
  get: Operation({
    id: 'GET_webhooks-webhookId-deliveries-deliveryId',
    access: ['read'],
    tag,
    summary: 'Read a delivery',
    description: extension,
    success: { schema: delivery, example },
    errors: { 404: missing },
  }),
  abandon: Operation({
    id: 'DELETE_webhooks-webhookId-deliveries-deliveryId',
    access: ['read'],
    tag,
    summary: 'Give a delivery up',
    description: `For an event that a receiver will never take: those behind it go on. ${extension}`,
    success: { status: 204, description: 'Given up.' },
    errors: { 400: 'It is not waiting to be delivered.', 404: missing },
  }),
  replay: Operation({
    id: 'POST_webhooks-webhookId-deliveries-deliveryId-replay',
    access: ['read'],
    tag,
    summary: 'Send an event again',
    description: `It goes first, since it is older than what waits. ${extension}`,
    success: {
      status: 202,
      description: 'It waits to be sent.',
      schema: delivery,
      example: { ...example, state: 'waiting' },
      location: 'The delivery.',
    },
    errors: { 404: missing },
  }),
  replaySince: Operation({
    id: 'POST_webhooks-webhookId-replay',
    access: ['read'],
    tag,
    summary: 'Send everything since a time again',
    description: `In the order in which it happened, including what was given up. ${extension}`,
    success: {
      status: 202,
      description: 'They wait to be sent.',
      schema: replayed,
      example: { replayed: 120 },
      location: 'What waits.',
    },
    errors: { 400: '`since` is not valid.', 404: 'There is no such webhook.' },
  }),
  test: Operation({
    id: 'POST_webhooks-webhookId-test',
    access: ['read'],
    tag,
    summary: 'Try the receiver of a webhook',
    description: `Sends one \`webhooks/test\` message at once, whatever the status and beside what waits. ${extension}`,
    success: { schema: testResult, example: { delivered: true, ...attempts[1] } },
    errors: { 404: 'There is no such webhook.' },
  }),
};
