export { EventStreamModule } from './event-stream.module';
export { eventStreamMechanism } from './event-stream-mechanism';
