export { ObjectAccess } from './object-access';
export { ObjectNotFoundError, type ObjectRefusal, ObjectRefusedError } from './object.errors';
export { ObjectRegistrar } from './object-registrar';
export {
  type MediaContent,
  type ObjectRegistration,
  type ObjectUse,
  type RegisteringFlow,
} from './object-registration';
export { instancesOf, ObjectRepository } from './object.repository';
export { getUrlList, objectId, uncontrolledUrl } from './object.schema';
export { ObjectService } from './object.service';
export { ObjectsModule } from './objects.module';
