import { tagParameters } from '@tams/model';
import { Operation } from '@tams/platform';
import { CONSOLE_TAG, EXTENSION, INVALID_QUERY } from '../operations';
import { webhookOverview } from './webhook-overview.schema';

/** What the API document says of the overview of webhooks. */
export const webhookOverviewOperations = {
  list: Operation({
    id: 'GET_console-webhooks',
    access: ['read'],
    tag: CONSOLE_TAG,
    summary: 'Overview of webhooks',
    description: `Webhooks with what they are owed, since when delivery fails, and when it is tried again. ${EXTENSION}`,
    success: {
      schema: webhookOverview.array(),
      paged: { reverseOrder: true },
      example: [
        {
          id: '0f6a3c52-5b44-4b6e-9a5c-3c6b8d9ce2a1',
          url: 'https://hook.example.com',
          events: ['flows/segments_added'],
          status: 'started',
          failures: 3,
          failing_since: '2026-01-05T09:00:00.000000Z',
          next_attempt: '2026-01-05T09:00:08.000000Z',
          owed: 17,
          oldest_owed: '2026-01-05T08:59:59.000000Z',
          last_attempt: { time: '2026-01-05T09:00:04.000Z', duration_ms: 12, status_code: 503, error: 'answered 503' },
        },
      ],
    },
    errors: { 400: INVALID_QUERY },
    queryParameters: tagParameters('tag'),
  }),
};
