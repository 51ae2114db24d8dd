export { EVENT_STREAM_MECHANISMS, type EventStreamMechanisms } from './event-stream-mechanisms';
export type { EventStreamMechanism } from './service.schema';
export { ServiceModule } from './service.module';
