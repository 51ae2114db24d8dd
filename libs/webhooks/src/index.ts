export { webhookMechanism } from './webhook-mechanism';
export { WebhooksModule } from './webhooks.module';
export { type MessageView, MessageWriter, viewOf } from './delivery/message';
export { HttpSender } from './delivery/http-sender';
export { webhookVocabulary } from './webhook.vocabulary';
