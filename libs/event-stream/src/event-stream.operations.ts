import { Operation } from '@tams/platform';

/** What the API document says of the stream. */
export const eventStreamOperations = {
  open: Operation({
    id: 'GET_service-events',
    access: ['read'],
    tag: 'Events',
    summary: 'Be told of events as they happen',
    description: `A stream of server-sent events: the eight events of webhooks, with the same body, for as long as the client stays. \`Last-Event-ID\`
goes on after an event without missing one; \`stream/missed\` tells when that is not possible any more. An extension of this server: not part of the TAMS specification.`,
    success: {
      description: 'A stream that does not end by itself.',
      mediaType: 'text/event-stream',
      example:
        'id: 42\nevent: flows/deleted\ndata: {"event_timestamp":"2026-01-05T09:00:00Z","event_type":"flows/deleted","event":{"flow_id":"4f79cfd1-c057-47f4-8e4d-1b126ca7bf34"}}\n\n',
      headers: { 'Cache-Control': 'Always `no-store`.' },
    },
    errors: {
      400: 'A query parameter, or `Last-Event-ID`, is not valid; `errors` says which.',
      503: 'The server has as many streams as it may; come back after `Retry-After`.',
    },
  }),
};
