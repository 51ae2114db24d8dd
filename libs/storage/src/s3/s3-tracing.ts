import type { S3Client } from '@aws-sdk/client-s3';
import { observeAwsCall } from '@tams/telemetry';

/** The request as the SDK has put it together, as far as spans tell of it. */
interface BuiltRequest {
  readonly hostname: string;
  readonly port?: number | undefined;
}

/** Inputs of S3's operations that the conventions for traces know. */
const known = {
  Bucket: 'aws.s3.bucket',
  Key: 'aws.s3.key',
  CopySource: 'aws.s3.copy_source',
  UploadId: 'aws.s3.upload_id',
  PartNumber: 'aws.s3.part_number',
} as const;

/** Makes each call of a client a span inside a sampled trace, its retries included. @param region the store's */
export function traceCalls(client: S3Client, region: string): void {
  client.middlewareStack.add(
    (next, context) => (call) => {
      const { request, input } = call as { request: BuiltRequest; input: Readonly<Record<string, unknown>> };
      const operation = (context.commandName ?? 'Unknown').replace(/Command$/, '');
      return observeAwsCall(
        {
          service: 'S3',
          operation,
          region,
          host: { address: request.hostname, port: request.port },
          attributes: attributesOf(input),
        },
        () => next(call),
        ({ output }) => output.$metadata,
      );
    },
    { step: 'build', name: 'traceCalls', tags: ['TAMS'] },
  );
}

function attributesOf(input: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  for (const [name, attribute] of Object.entries(known)) {
    const value = input[name];
    if (typeof value === 'string' || typeof value === 'number') attributes[attribute] = value;
  }
  return attributes;
}
