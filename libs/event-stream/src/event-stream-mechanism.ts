import { eventTypes } from '@tams/outbox';

/** The stream as GET /service lists it (schemas/event-stream-common.json). */
export const eventStreamMechanism = {
  name: 'server-sent-events',
  docs: '/docs#/Events/GET_service-events',
  config: { path: '/service/events', media_type: 'text/event-stream', events: [...eventTypes] },
} as const;
