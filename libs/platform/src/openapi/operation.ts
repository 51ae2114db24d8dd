import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOperation, ApiQuery, type ApiQueryOptions, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { PROBLEM_MEDIA_TYPE } from '../errors/problem';
import type { Access } from '../http/access';
import { type HeaderDescriptions, locationHeader, pagingHeaderDescriptions, type Paging } from './response-headers';

/** Named example of a body, as Swagger UI lists it. */
export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

/** One way an operation succeeds. */
export interface SuccessAnswer {
  /** HTTP status; 200 unless said otherwise. */
  readonly status?: number;
  readonly description?: string;
  /** Body on the wire; none when absent. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, Example>>;
  /** The answer is a page of a listing and carries paging headers. */
  readonly paged?: Paging;
  /** The answer carries `Location`; the text says of what. */
  readonly location?: string;
  /** Further headers, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Media type of a body that is a text and not JSON; {@link example} is such a text. */
  readonly mediaType?: string;
}

/** What the OpenAPI document says of one handler beyond its parameters' schemas, and who may call it. */
export interface OperationOptions {
  /** The specification's operationId, for example `GET_flows-flowId`. */
  readonly id: string;
  /** Who may call it. */
  readonly access: Access;
  /** One of the document's tags. */
  readonly tag: string;
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  readonly success: SuccessAnswer | readonly SuccessAnswer[];
  /** Refusals the client can provoke, by status; every one is problem details. */
  readonly errors?: Readonly<
    Partial<Record<400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 416 | 429 | 503, string>>
  >;
  /** Query parameters whose names no schema lists, for example those that hold a name of the client's own. */
  readonly queryParameters?: readonly ApiQueryOptions[];
  /** Examples of the request body, whose schema is that of `@Body({ schema })`. */
  readonly body?: {
    readonly description?: string;
    readonly required?: boolean;
    readonly examples?: Readonly<Record<string, Example>>;
  };
}

/**
 * Documents a handler in one place. Parameters and body come from the schemas of `@Param`, `@Query` and `@Body`; the HEAD
 * twin of a GET is added when the document is made.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, access, tag, summary, description } = options;
  const documentedStatuses = [
    ...[options.success].flat().map(({ status = 200 }) => status),
    ...Object.keys(options.errors ?? {}).map(Number),
  ];
  return applyDecorators(
    // Telemetry counts each of the statuses from the start; whoever lets requests in reads `access`.
    RouteConfig({ documentedStatuses, access }),
    ApiOperation({ operationId: id, tags: [tag], summary, ...(description === undefined ? {} : { description }) }),
    ...[options.success].flat().map(successResponse),
    ...Object.entries(options.errors ?? {}).map(([status, text]) => problemResponse(Number(status), text)),
    problemResponse('default', 'Any other refusal or failure.'),
    ...(options.queryParameters ?? []).map((parameter) => ApiQuery(parameter)),
    ...(options.body ? [requestBody(options.body)] : []),
  );
}

function successResponse(answer: SuccessAnswer): MethodDecorator {
  const { status = 200, description = 'Success.', schema, example, examples, mediaType } = answer;
  const headers = headersOf(answer);
  return ApiResponse({
    status,
    description,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(schema ? { standardSchema: schema } : {}),
    ...(mediaType === undefined ? {} : { content: { [mediaType]: { schema: { type: 'string' }, example } } }),
    ...(example === undefined || mediaType !== undefined ? {} : { example }),
    ...(examples ? { examples: { ...examples } } : {}),
  });
}

function headersOf(answer: SuccessAnswer): HeaderDescriptions {
  const further = Object.entries(answer.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  return {
    ...(answer.paged ? pagingHeaderDescriptions(answer.paged) : {}),
    ...(answer.location === undefined ? {} : locationHeader(answer.location)),
    ...(Object.fromEntries(further) as HeaderDescriptions),
  };
}

function problemResponse(status: number | 'default', description: string): MethodDecorator {
  const content = { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
  // The status is a number or `default`; the decorator's type lists the classes of statuses one by one.
  return ApiResponse({ status, description, content });
}

function requestBody(body: NonNullable<OperationOptions['body']>): MethodDecorator {
  return ApiBody({
    required: body.required ?? true,
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.examples ? { examples: { ...body.examples } } : {}),
  });
}
