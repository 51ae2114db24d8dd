import { createHash } from 'node:crypto';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { traceCalls } from './s3-tracing';

/** How long calls to a store may take, in milliseconds. Tests shorten them. */
export interface S3TimeLimits {
  /** Until a connection stands. */
  readonly connect: number;
  /** One short call, with its retries. */
  readonly call: number;
  /** One attempt of a short call, until the answer begins. */
  readonly attempt: number;
  /** The call that finds out whether the store works. */
  readonly check: number;
  /** A connection on which nothing moves while bytes are transferred or copied by the store. */
  readonly idle: number;
  /** One attempt to transfer a part of an object, or to have one copied. */
  readonly part: number;
}

/** Limits that suit a store in the same region, with room for a busy one. */
export const usualTimeLimits: S3TimeLimits = {
  connect: 2_000,
  call: 20_000,
  attempt: 8_000,
  check: 3_000,
  idle: 60_000,
  part: 300_000,
};

/** How often a call is attempted, the first one included. */
const ATTEMPTS = 3;

/** The clients of one store: they differ only in how patient they are. */
export interface S3Clients {
  /** For calls that carry no media. */
  readonly calls: S3Client;
  /** For calls that move or copy media. */
  readonly transfers: S3Client;
}

/** Where a store is and who we are there. */
export interface S3Connection {
  readonly region: string;
  /** Absent for AWS itself. */
  readonly endpoint?: string | undefined;
  readonly forcePathStyle: boolean;
  /** Absent for the SDK's default chain (environment, shared files, web identity, container, instance). */
  readonly credentials?: S3ClientConfig['credentials'];
}

/** Makes the clients of one store; the caller destroys them. */
export function createS3Clients(connection: S3Connection, limits: S3TimeLimits): S3Clients {
  const { region, endpoint, forcePathStyle, credentials } = connection;
  const client = (attempt: number, idle: number): S3Client => {
    const made = new S3Client({
      region,
      forcePathStyle,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      // Newer checksums make many S3-compatible stores refuse a request.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: limits.connect,
        requestTimeout: attempt,
        throwOnRequestTimeout: true,
        socketTimeout: idle,
      },
    });
    traceCalls(made, region);
    return made;
  };
  const transfers = client(limits.part, limits.idle);
  verifyUploads(transfers);
  return { calls: client(limits.attempt, limits.attempt), transfers };
}

/** Sends an MD5 digest with every part, which every S3 store verifies, so that no byte changes on its way. */
function verifyUploads(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (call) => {
      const { request } = call as { request?: { body?: unknown; headers: Record<string, string> } };
      if (request?.body instanceof Uint8Array) {
        request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
      }
      return next(call);
    },
    { step: 'build', name: 'uploadDigest', tags: ['TAMS'] },
  );
}
