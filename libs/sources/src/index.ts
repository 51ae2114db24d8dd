export { SourceFormatConflictError, SourceNotFoundError } from './source.errors';
export { type Source, source } from './source.schema';
export { SourceService } from './source.service';
export { SourcesModule } from './sources.module';
export { SourceEvents } from './source-events';
export { sourceVocabulary } from './source.vocabulary';
