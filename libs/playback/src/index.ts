export { PlaybackModule } from './playback.module';
export { playbackVocabulary } from './playback.vocabulary';
