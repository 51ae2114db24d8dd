export {
  flowStorage,
  type FlowStorage,
  flowStoragePost,
  type FlowStoragePost,
  type MediaObject,
} from './allocation/flow-storage.schema';
export { type AllocationRequest, ObjectAllocation } from './allocation/object-allocation';
export * from './allocation/allocation.errors';
export type * from './backends/storage-backend';
export { StorageBackends } from './backends/storage-backends';
export { ObjectCollector } from './collection/object-collector';
export { ObjectRelease } from './collection/object-release';
export { PlainMediaAccess, type PlainMediaRequest } from './filesystem/plain-media-access';
export { acceptsNoGetUrl, type GetUrlFilter, getUrlFilterFrom, getUrlQueryParameters } from './get-urls/get-url-filter';
export { type GetUrl, GetUrls, type ObjectInstance } from './get-urls/get-urls';
export * from './instances';
export * from './objects';
export * from './reconcile';
export { S3StorageBackend } from './s3/s3-storage-backend';
export { StorageModule } from './storage.module';
export { objectVocabulary } from './objects/object.vocabulary';
