export { InsightModule } from './insight.module';
export { insightVocabulary } from './insight.vocabulary';
