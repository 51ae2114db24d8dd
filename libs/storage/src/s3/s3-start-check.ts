import { GetBucketCorsCommand, ListObjectsV2Command, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3Calls } from './s3-calls';

/** One thing an operator should know about a store. */
export interface StartFinding {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

/** The rule browsers need, as `aws s3api put-bucket-cors` takes it. Presigned URLs carry their own permission, whatever the origin. */
export const neededCors = {
  CORSRules: [
    {
      AllowedOrigins: ['*'],
      AllowedMethods: ['GET', 'HEAD', 'PUT'],
      AllowedHeaders: ['*'],
      ExposeHeaders: ['ETag', 'Content-Length', 'Content-Range', 'Accept-Ranges'],
      MaxAgeSeconds: 3600,
    },
  ],
};

/** A bucket to be checked, and how long each call may take. */
export interface CheckedBucket {
  readonly name: string;
  readonly client: S3Client;
  readonly bucket: string;
  readonly endpoint: string | undefined;
  readonly calls: S3Calls;
  readonly limitMilliseconds: number;
}

/** Looks whether the store answers, takes the credentials, has the bucket, and lets browsers use it. Never rejects. */
export async function checkBucket(checked: CheckedBucket): Promise<readonly StartFinding[]> {
  const { name, client, bucket, calls, limitMilliseconds } = checked;
  try {
    const list = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 });
    await calls.run('ListObjectsV2', limitMilliseconds, (options) => client.send(list, options));
  } catch (error) {
    const reason = Error.isError(error) && Error.isError(error.cause) ? error.cause.message : String(error);
    return [
      { level: 'error', message: `${reason}. Uploads to and downloads from it will fail until this is put right.` },
    ];
  }
  return [{ level: 'info', message: `${name}: ready (bucket ${bucket})` }, ...(await checkCors(checked))];
}

async function checkCors({
  name,
  client,
  bucket,
  endpoint,
  calls,
  limitMilliseconds,
}: CheckedBucket): Promise<StartFinding[]> {
  const command = new GetBucketCorsCommand({ Bucket: bucket });
  const needed = JSON.stringify(neededCors);
  const at = endpoint === undefined ? '' : ` --endpoint-url ${endpoint}`;
  const howTo = `allow them with: aws s3api put-bucket-cors --bucket ${bucket}${at} --cors-configuration '${needed}'`;
  try {
    const rules = await calls.run('GetBucketCors', limitMilliseconds, async (options) => {
      try {
        return (await client.send(command, options)).CORSRules ?? [];
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchCORSConfiguration') return [];
        throw error;
      }
    });
    if (rules.some(letsBrowsersIn)) return [];
    return [
      { level: 'warn', message: `${name}: browsers cannot upload or play, because no CORS rule lets them; ${howTo}` },
    ];
  } catch {
    // Stores without this call, and credentials without s3:GetBucketCORS: the media itself may be fine.
    return [{ level: 'info', message: `${name}: could not look at its CORS rules; if browsers are refused, ${howTo}` }];
  }
}

interface CorsRule {
  readonly AllowedMethods?: readonly string[] | undefined;
  readonly AllowedHeaders?: readonly string[] | undefined;
}

function letsBrowsersIn({ AllowedMethods = [], AllowedHeaders = [] }: CorsRule): boolean {
  const headers = AllowedHeaders.map((header) => header.toLowerCase());
  return (
    ['GET', 'PUT'].every((method) => AllowedMethods.includes(method)) &&
    (headers.includes('*') || headers.includes('content-type'))
  );
}
