/** The life of a media object: allocated, uploaded, registered, copied, collected; and where its bytes can be fetched. */
export * from './allocation/allocation.errors';
export {
  flowStorage,
  type FlowStorage,
  flowStoragePost,
  type FlowStoragePost,
  type MediaObject,
} from './allocation/flow-storage.schema';
export { type AllocationRequest, ObjectAllocation } from './allocation/object-allocation';
export { ObjectCollector } from './collection/object-collector';
export { ObjectRelease } from './collection/object-release';
export { acceptsNoGetUrl, type GetUrlFilter, getUrlFilterFrom, getUrlQueryParameters } from './get-urls/get-url-filter';
export { type GetUrl, GetUrls, type ObjectInstance } from './get-urls/get-urls';
export { ObjectInstancesModule } from './instances/instances.module';
export { PlainMediaAccess, type PlainMediaRequest } from './media/plain-media-access';
export { ObjectGauges } from './object-gauges';
export { ObjectAccess } from './object-access';
export { ObjectNotFoundError, type ObjectRefusal, ObjectRefusedError } from './object.errors';
export {
  initialises,
  initInstancesOf,
  instancesIn,
  instancesOf,
  type LocatedRow,
  locationOf,
  objectOf,
  ObjectRepository,
  sizeOf,
} from './object.repository';
export { getUrlList, objectId, uncontrolledUrl } from './object.schema';
export { ObjectService } from './object.service';
export { objectVocabulary } from './object.vocabulary';
export { ObjectsModule } from './objects.module';
export type { BackendFigures, BackendReport, Finding } from './reconciliation/finding';
export { Reconciliation, type ReconciliationOptions } from './reconciliation/reconciliation';
export { ReconciliationModule } from './reconciliation/reconciliation.module';
export { ReconciliationRepository } from './reconciliation/reconciliation.repository';
export { ObjectRegistrar } from './registration/object-registrar';
export {
  type MediaContent,
  type ObjectRegistration,
  type ObjectUse,
  type RegisteringFlow,
} from './registration/object-registration';
