import { BadRequestError, DomainError } from '@tams/platform';

/** There is an instance on this storage backend already (400). */
export class ObjectInstanceExistsError extends BadRequestError {
  constructor() {
    const message = 'has an instance of the object already; GET /objects/{objectId}?verbose_storage=true lists them';
    super('object-instance-exists', `The storage backend ${message}.`, {
      errors: [{ path: 'body.storage_id', message }],
    });
  }
}

/** There is nothing to copy from: no instance of the object can be read (400). */
export class ObjectWithoutSourceError extends BadRequestError {
  constructor(objectId: string) {
    super(
      'object-without-source',
      `Object ${objectId} has no other instance that could be copied; upload it, or register a URL it can be read from.`,
    );
  }
}

/** The caller has as many copies in progress as one principal may (429). */
export class TooManyCopiesError extends DomainError {
  constructor(most: number) {
    const message = `You have ${most} copies in progress, as many as one principal may (COPIES_PER_PRINCIPAL).`;
    super('too-many-copies', 'rate-limited', 'info', message, { retryAfterSeconds: 30 });
  }
}

/** The label is a storage backend's, or stands for another URL of the object (400). */
export class InstanceLabelTakenError extends BadRequestError {
  constructor(label: string, owner: 'storage backend' | 'object') {
    const message =
      owner === 'object'
        ? 'is the label of another instance of the object; choose another, or delete that instance first'
        : 'is the label of a storage backend of this server; choose another';
    super('instance-label-taken', `label ${JSON.stringify(label)} ${message}.`, {
      errors: [{ path: 'body.label', message }],
    });
  }
}

/** The object has no such instance (400; 404 is for objects that do not exist). */
export class ObjectInstanceUnknownError extends BadRequestError {
  constructor(field: 'storage_id' | 'label') {
    const message = 'names no instance of the object; GET /objects/{objectId}?verbose_storage=true lists them';
    super('object-instance-unknown', `${field} ${message}.`, { errors: [{ path: `query.${field}`, message }] });
  }
}

/** Deleting the instance would leave the object without any that can be read (400). */
export class LastObjectInstanceError extends BadRequestError {
  constructor(objectId: string) {
    super(
      'last-object-instance',
      `This is the last instance of object ${objectId} that holds its bytes; to remove the object, delete the Flow Segments that use it.`,
    );
  }
}
