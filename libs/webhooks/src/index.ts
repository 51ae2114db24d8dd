export { webhookMechanism } from './webhook-mechanism';
export { WebhooksModule } from './webhooks.module';
export { Retention } from './retention';
export { HttpSender } from './delivery/http-sender';
export { webhookVocabulary } from './webhook.vocabulary';
