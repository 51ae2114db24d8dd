import type { ParameterVocabulary } from '@tams/platform';
import { WebhookNotFoundError } from './webhook.errors';

/** What the API document says of the identifiers of webhooks and of what they are owed. */
export const webhookVocabulary: ParameterVocabulary = {
  webhookId: {
    description: 'Identifier of the webhook.',
    notFound: (id) => new WebhookNotFoundError(id),
  },
  deliveryId: { description: 'Identifier of the event, as in the `webhook-id` header.' },
};
