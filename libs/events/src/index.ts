export { webhookMechanism } from './event-stream';
export { EventsModule } from './events.module';
export { Retention } from './retention';
export { HttpSender } from './sending/http-sender';
export { webhookVocabulary } from './webhooks/webhook.vocabulary';
