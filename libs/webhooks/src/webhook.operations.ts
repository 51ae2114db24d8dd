import { tagParameters } from '@tams/model';
import { Operation } from '@tams/platform';
import { webhook } from './webhook.schema';

const posted = {
  url: 'https://hook.example.com/tams',
  api_key_name: 'Authorization',
  api_key_value: 'Bearer 5dd1e0a3c7',
  events: ['flows/created', 'flows/segments_added'],
  source_ids: ['2aa143ac-0ab7-4d75-bc32-5c00c13d186f'],
  presigned: true,
  tags: { owner: 'transcoding' },
};

const id = 'e85efab4-993b-4ad6-9af3-4cd8d0d38860';
const example = {
  id,
  url: posted.url,
  api_key_name: posted.api_key_name,
  events: posted.events,
  source_ids: posted.source_ids,
  presigned: true,
  tags: posted.tags,
  status: 'started',
};
const created = { ...example, status: 'created' };

const forbidden = 'You may not do this.';
const missing = 'There is no such webhook.';
const invalid =
  'Not a valid webhook, a URL this server does not send to, or a status that cannot follow the present one.';

/** What the API document says of the operations on webhooks. */
export const webhookOperations = {
  list: Operation({
    id: 'GET_webhooks',
    access: ['read'],
    tag: 'Webhooks',
    summary: 'List webhooks',
    description: 'Alphabetically by URL.',
    success: { schema: webhook.array(), paged: { reverseOrder: true }, example: [example] },
    errors: { 400: 'A query parameter is not valid; `errors` says which.', 404: 'There are no webhooks here.' },
    queryParameters: tagParameters('tag'),
  }),
  create: Operation({
    id: 'POST_webhooks',
    access: ['write'],
    tag: 'Webhooks',
    summary: 'Register a webhook',
    description:
      'From now on each event that passes all filters is sent to the URL as one POST request, in the order in which they happened, again and again until it is answered by 2xx.',
    success: { status: 201, description: 'Registered.', schema: webhook, example: created },
    errors: {
      400: invalid,
      403: 'You have as many webhooks as one principal may, or may not do this.',
      404: 'There are no webhooks here.',
    },
    body: { examples: { segments: { summary: 'New Segments of one Source', value: posted } } },
  }),
  get: Operation({
    id: 'GET_webhooks-webhookId',
    access: ['read'],
    tag: 'Webhooks',
    summary: 'Read a webhook',
    description: 'Everything but its key, and why it was stopped if it was.',
    success: { schema: webhook, example },
    errors: { 404: missing },
  }),
  replace: Operation({
    id: 'PUT_webhooks',
    access: ['read'],
    tag: 'Webhooks',
    summary: 'Replace a webhook',
    description:
      'Also starts again (`created`) one that is `disabled` or in `error`: what it was owed before is then sent first.',
    success: { status: 201, description: 'Replaced.', schema: webhook, example: created },
    errors: { 400: invalid, 403: forbidden, 404: missing },
    body: {
      examples: {
        restart: { summary: 'Start it again', value: { ...created, api_key_value: posted.api_key_value } },
        pause: { summary: 'Pause it', value: { ...example, status: 'disabled' } },
      },
    },
  }),
  remove: Operation({
    id: 'DELETE_webhooks-webhookId',
    access: ['read'],
    tag: 'Webhooks',
    summary: 'Delete a webhook',
    description: 'What is owed to it is forgotten.',
    success: { status: 204, description: 'Deleted.' },
    errors: { 403: forbidden, 404: missing },
  }),
};
