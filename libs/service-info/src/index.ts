export { EVENT_STREAM_MECHANISMS, type EventStreamMechanisms } from './event-stream-mechanisms';
export type { Profile } from './profile.schema';
export { ProfileService } from './profile.service';
export { ServiceInfoModule } from './service-info.module';
export type { EventStreamMechanism } from './service.schema';
export { profileVocabulary } from './profile.vocabulary';
