import { S3ServiceException } from '@aws-sdk/client-s3';
import { BadRequestError, UnavailableError } from '@tams/platform';

/** Names S3 stores give to "there is no such object" or upload. */
const absent = new Set(['NoSuchKey', 'NoSuchUpload']);
/** The same where the answer has no body that says what there is not: to HEAD, and to anything that did not reach the store. */
const ABSENT_WITHOUT_WORDS = 'NotFound';

/** What to do about a refusal, by the error's name in the answer. */
const advice: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'the store does not know the access key; correct access_key_id',
  SignatureDoesNotMatch: 'the secret does not belong to the access key; correct secret_access_key (and region)',
  AccessDenied:
    'the credentials are valid but not allowed to do this; grant them s3:ListBucket, s3:ListBucketMultipartUploads on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload on its objects',
  NoSuchBucket: 'there is no such bucket; create it or correct bucket',
  // Said of a bucket only: that an object is missing is no failure.
  NotFound: 'there is no such bucket; create it or correct bucket',
  PermanentRedirect: 'the bucket is in another region; correct region',
  AuthorizationHeaderMalformed: 'the region is wrong; correct region',
  RequestTimeTooSkewed: "this machine's clock is wrong by more than 15 minutes; set it by NTP",
  ExpiredToken: 'the temporary credentials have ended; renew session_token or use the default chain',
  CredentialsProviderError:
    'no credentials were found; set access_key_id and secret_access_key, or give this machine a role',
};

/** What a client is told; the operator finds the reason in the log. */
const explanation = 'The storage backend cannot do this just now; try again later.';

/** The store does not answer, or refuses what the server is configured to do (503). */
export class S3UnavailableError extends UnavailableError {
  /** @param description what failed, for operators */
  constructor(description: string, cause: unknown) {
    super('storage-unavailable', explanation, { cause: new Error(description, { cause }) });
  }
}

/** S3 cannot keep an object under this identifier (400). */
export class ObjectIdNotStorableError extends BadRequestError {
  constructor(reason: string) {
    super('object-id-not-storable', `This storage backend cannot store an object whose identifier ${reason}.`);
  }
}

/** The backend has only presigned URLs to offer (400): `plain_urls` of its settings is `none`. */
export class PresignedOnlyError extends BadRequestError {
  constructor() {
    const message = 'must be true (or absent): this storage backend takes uploads by presigned URLs only';
    super('presigned-only', `presigned ${message}.`, { errors: [{ path: 'body.presigned', message }] });
  }
}

/**
 * Whether a call failed because there is no such object (or unfinished upload). A missing bucket is another matter, and so is a
 * gateway that knows no way to the store.
 * @param isHead whether the answer could have no body
 */
export function isAbsent(error: unknown, isHead: boolean): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  return absent.has(error.name) || (isHead && error.name === ABSENT_WITHOUT_WORDS);
}

/** Says what went wrong with a call, and what to do about it where that is known. */
export function describeFailure(error: unknown): string {
  if (!Error.isError(error)) return String(error);
  const name = error instanceof S3ServiceException ? nameOf(error) : error.name;
  const known = advice[name];
  if (known !== undefined) return `${known} (${name})`;
  // Failed connections to a name with several addresses arrive as an AggregateError without a message.
  const details = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
  return details === '' || details === name ? name : `${name}: ${details}`;
}

function nameOf(error: S3ServiceException): string {
  // Answers to HEAD say nothing but their status.
  if (error.$metadata.httpStatusCode === 403 && advice[error.name] === undefined) return 'AccessDenied';
  if (error.$metadata.httpStatusCode === 301) return 'PermanentRedirect';
  return error.name;
}
