import { randomUUID } from 'node:crypto';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { loggerFor } from '@tams/telemetry';
import { URL_GRACE_SECONDS } from '../backends/url-grace';
import { backendType, detailsFrom } from '../backends/backend-type';
import { sharedKey } from '../backends/shared-keys';
import type { StorageBackendDetails } from '../backends/storage-backend';
import { bucketAddress } from './s3-address';
import type { S3Observer } from './s3-calls';
import type { CopySizes } from './s3-copy';
import { createS3Clients, type S3TimeLimits, usualTimeLimits } from './s3-clients';
import { plainUrls } from './s3-plain-urls';
import { S3Presigner } from './s3-presigner';
import { type S3Settings, s3Settings } from './s3-settings';
import { S3StorageBackend } from './s3-storage-backend';
import { describeFailure } from './s3.errors';
import { SigningCredentials } from './signing-credentials';

const DEFAULT_REGION = 'us-east-1';
const logger = loggerFor('S3Storage');

/** How a backend is opened beside its settings. */
export interface S3OpenOptions {
  readonly details: StorageBackendDetails;
  /** How long presigned URLs stay valid at least. */
  readonly presignedUrlSeconds: number;
  /** The same of URLs to read from; {@link presignedUrlSeconds} unless given. */
  readonly readUrlSeconds?: number;
  readonly limits?: S3TimeLimits;
  readonly copySizes?: CopySizes;
  readonly observe?: S3Observer;
}

/**
 * Opens an S3 backend; a store that does not answer is no obstacle.
 * @throws {Error} when URLs of the bucket cannot be signed
 */
export async function openS3Backend(settings: S3Settings, options: S3OpenOptions): Promise<S3StorageBackend> {
  const { bucket, endpoint, public_endpoint: publicEndpoint } = settings;
  const {
    details,
    presignedUrlSeconds,
    readUrlSeconds = presignedUrlSeconds,
    limits = usualTimeLimits,
    observe,
  } = options;
  const clients = createS3Clients(
    {
      region: settings.region ?? process.env['AWS_REGION'] ?? DEFAULT_REGION,
      endpoint,
      forcePathStyle: settings.force_path_style ?? endpoint !== undefined,
      credentials: credentialsOf(settings),
    },
    limits,
  );
  const address = await bucketAddress(clients.calls, bucket, publicEndpoint);
  const name = details.label ?? details.id;
  const credentials = new SigningCredentials(
    () => clients.calls.config.credentials({ forceRefresh: true }),
    presignedUrlSeconds + URL_GRACE_SECONDS,
    (error) => {
      logger.error(`storage backend ${name}: no credentials to sign URLs with: ${describeFailure(error)}`);
    },
  );
  await credentials.start();
  return new S3StorageBackend({
    details,
    bucket,
    endpoint,
    clients,
    limits,
    presigner: new S3Presigner(address),
    plainUrl: plainUrls(settings.plain_urls, bucket, address),
    credentials,
    getUrlSeconds: readUrlSeconds,
    observe,
    ...(options.copySizes ? { copySizes: options.copySizes } : {}),
  });
}

/** `type: s3`: a bucket of AWS S3 or of a store that speaks its protocol. */
export const s3BackendType = backendType('s3', s3Settings, async (settings, { configuration, database }) => {
  const id = settings.id ?? (await sharedKey(database, `s3-storage-backend-id/${settings.bucket}`, randomUUID()));
  const backend = await openS3Backend(settings, {
    details: detailsFrom(settings, {
      id,
      provider: settings.endpoint === undefined ? 'aws' : 'self-hosted',
      store_product: 's3',
    }),
    presignedUrlSeconds: configuration.presignedUrlTimeoutSeconds,
    readUrlSeconds: configuration.readUrlTimeoutSeconds,
  });
  // The server must not wait for a store, nor fail with it.
  void backend.checkAtStart().then((findings) => {
    for (const { level, message } of findings) logger[level](message);
  });
  return backend;
});

function credentialsOf(settings: S3Settings): S3ClientConfig['credentials'] {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token: sessionToken } = settings;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
  };
}
