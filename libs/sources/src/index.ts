export { SourceFormatConflictError, SourceNotFoundError } from './source.errors';
export { type Source, source } from './source.schema';
export { SourceReadingService } from './source-reading.service';
export { SourceWritingService } from './source-writing.service';
export { SourcesModule } from './sources.module';
export { SourceEvents } from './source-events';
export { sourceVocabulary } from './source.vocabulary';
