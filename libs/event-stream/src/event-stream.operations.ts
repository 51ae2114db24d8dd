import { Operation } from '@tams/platform';

/** What the API document says of the stream. */
export const eventStreamOperations = {
  open: Operation({
    id: 'GET_service-events',
    tag: 'Events',
    summary: 'Be told of events as they happen',
    description: `A stream of server-sent events: the eight events of webhooks, with the same body, for as long as the client stays. \`Last-Event-ID\`
goes on after an event without missing one; \`stream/missed\` tells when that is not possible any more. An extension of this server: not part of the TAMS specification.`,
    success: {
      description: 'A stream that does not end by itself.',
      mediaType: 'text/event-stream',
      headers: { 'Cache-Control': 'Always `no-store`.' },
    },
    errors: {
      400: 'A query parameter, or `Last-Event-ID`, is not valid; `errors` says which.',
      503: 'The server has as many streams as it may; come back after `Retry-After`.',
    },
  }),
};
