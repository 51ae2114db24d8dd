import { BadRequestError, NotFoundError } from '@tams/platform';

export class ProfileNotFoundError extends NotFoundError {
  constructor(profileId: string) {
    super('profile-not-found', `There is no Profile ${profileId}.`);
  }
}

/** Flows rely on a profile as it was, so it is never changed. */
export class ProfileExistsError extends BadRequestError {
  constructor(profileId: string) {
    super('profile-exists', `Profile ${profileId} exists and never changes; create another with an id of its own.`);
  }
}

/** The id in the body is not the id in the path. */
export class ProfileIdMismatchError extends BadRequestError {
  constructor(profileId: string) {
    const message = `must be the id in the path, ${profileId}`;
    super('id-mismatch', `body.id: ${message}`, { errors: [{ path: 'body.id', message }] });
  }
}
