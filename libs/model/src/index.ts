/** The vocabulary of TAMS: what several resources say in the same words. Knows no table and no request. */
export * from './common.schema';
export * from './technical/flow-fields';
export * from './technical/flow-technical.schema';
export { isSameContainer } from './technical/media-types';
export { queryVocabulary } from './openapi/query-vocabulary';
export { propertyOperations, tagOperations } from './openapi/property-operations';
export { tagParameters } from './openapi/tag-parameters';
export { withTag } from './tags/tag-change';
export { matchesTags, replaceTags, type TagFilter, tagConditions, tagFilterFrom } from './tags/tag-filter';
export { timeRange, timestamp, type Written, written } from './timing.schema';
