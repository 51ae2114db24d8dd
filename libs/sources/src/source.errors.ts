import { BadRequestError, NotFoundError } from '@tams/platform';

export class SourceNotFoundError extends NotFoundError {
  constructor(sourceId: string) {
    super('source-not-found', `There is no Source ${sourceId}.`);
  }
}

/** The Source exists, but the property or tag asked for is not set. */
export class SourcePropertyNotSetError extends NotFoundError {
  constructor(sourceId: string, property: string) {
    super('property-not-set', `Source ${sourceId} has no ${property}.`);
  }
}

/** A Flow of another format claims to represent the Source. */
export class SourceFormatConflictError extends BadRequestError {
  constructor(sourceId: string, sourceFormat: string, flowFormat: string) {
    const message = `Source ${sourceId} has the format ${sourceFormat}; a Flow of it cannot be ${flowFormat}.`;
    super('source-format-conflict', message, { errors: [{ path: 'body.format', message }] });
  }
}
