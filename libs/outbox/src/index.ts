export {
  type AddedSegment,
  type Collections,
  type EventContents,
  type EventType,
  eventTypes,
  type NewEvent,
} from './event';
export { Outbox, type OutboxListener } from './outbox';
export { OutboxModule } from './outbox.module';
