import { BadRequestError, NotFoundError } from '@tams/platform';

/** No such object, or one that was allocated but that no segment uses yet (404). */
export class ObjectNotFoundError extends NotFoundError {
  constructor(objectId: string) {
    super('object-not-found', `There is no object ${objectId} that a Flow Segment uses.`);
  }
}

/** Why an object cannot be registered as asked; each is the code of a problem. */
export type ObjectRefusal =
  | 'object-unknown'
  | 'object-expired'
  | 'object-of-another-flow'
  | 'object-role-conflict'
  | 'object-container-mismatch'
  | 'object-conflict'
  | 'segment-outside-object'
  | 'init-object-required'
  | 'init-object-unexpected'
  | 'get-url-conflict'
  | 'get-url-label-reserved';

/** A segment refers to an object in a way the specification forbids (400). */
export class ObjectRefusedError extends BadRequestError {
  /** @param field property of the segment that is wrong, for example `init_object_id` */
  constructor(code: ObjectRefusal, field: string, message: string) {
    super(code, message, { errors: [{ path: `body.${field}`, message }] });
  }
}
