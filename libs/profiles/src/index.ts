export type { Profile } from './profile.schema';
export { ProfileService } from './profile.service';
export { profileVocabulary } from './profile.vocabulary';
export { ProfilesModule } from './profiles.module';
