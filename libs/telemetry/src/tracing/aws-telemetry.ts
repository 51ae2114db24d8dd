import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { errorTypeOf, startChildSpan } from './spans';

/** One call by the AWS SDK, with the retries it makes by itself. */
export interface AwsCall {
  /** Name of the service as AWS writes it, such as `S3`. */
  readonly service: string;
  /** Name of the operation, such as `HeadObject`. */
  readonly operation: string;
  readonly region: string;
  /** Host and port the request goes to; the port only where it is not that of the scheme. */
  readonly host: { readonly address: string; readonly port: number | undefined };
  /** What else the conventions want of the operation, such as `aws.s3.bucket`. */
  readonly attributes: Attributes;
}

/** What the SDK knows of the answer, also of one that is an error. */
interface AnswerMetadata {
  readonly httpStatusCode?: number | undefined;
  readonly requestId?: string | undefined;
  readonly extendedRequestId?: string | undefined;
  readonly attempts?: number | undefined;
}

/** That there is no such object is an answer, not a failure. */
const absent = new Set(['NotFound', 'NoSuchKey']);

/**
 * Runs a call of the AWS SDK: inside a sampled trace as a CLIENT span with the conventions for AWS.
 * @param metadataOf what the SDK says of the answer it got
 */
export async function observeAwsCall<Result>(
  call: AwsCall,
  run: () => Promise<Result>,
  metadataOf: (result: Result) => AnswerMetadata,
): Promise<Result> {
  const method = `${call.service}/${call.operation}`;
  const span = startChildSpan(method, SpanKind.CLIENT);
  if (!span) return run();
  span.setAttributes({
    'rpc.system.name': 'aws-api',
    'rpc.method': method,
    'cloud.region': call.region,
    'server.address': call.host.address,
    ...(call.host.port !== undefined && { 'server.port': call.host.port }),
    ...call.attributes,
  });
  try {
    const result = await run();
    span.setAttributes(answered(metadataOf(result)));
    return result;
  } catch (error) {
    const type = errorTypeOf(error);
    span.setAttributes(answered((error as { $metadata?: AnswerMetadata }).$metadata ?? {}));
    if (!absent.has(type)) span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function answered({ httpStatusCode, requestId, extendedRequestId, attempts = 1 }: AnswerMetadata): Attributes {
  return {
    ...(httpStatusCode !== undefined && { 'http.response.status_code': httpStatusCode }),
    ...(requestId !== undefined && { 'aws.request_id': requestId }),
    ...(extendedRequestId !== undefined && { 'aws.extended_request_id': extendedRequestId }),
    ...(attempts > 1 && { 'http.request.resend_count': attempts - 1 }),
  };
}
