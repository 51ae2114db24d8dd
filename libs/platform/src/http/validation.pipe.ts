import { setImmediate } from 'node:timers/promises';
import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { type FieldError, NotFoundError, ValidationError } from '../errors/domain-error';

/** Most field errors one answer lists: a batch of a thousand broken items must not become a megabyte of complaints. */
const MAXIMUM_FIELD_ERRORS = 50;

interface Issue {
  readonly message: string;
  /** zod's kind of issue; `custom` are the rules between fields, which know what they say. */
  readonly code?: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Checks every parameter that carries a schema (`@Body({ schema })`, `@Query({ schema })`, `@Param('id', { schema })`).
 * A malformed path parameter addresses nothing (404); anything else is a 400 that names each field.
 */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    if (!metadata.schema || metadata.type === 'custom') return value;
    const result = await metadata.schema['~standard'].validate(value);
    if (!result.issues) return result.value as T;
    if (metadata.type === 'param') {
      throw new NotFoundError(
        'malformed-identifier',
        `There is no such resource: the ${metadata.data ?? 'identifier'} in the path ${result.issues[0]?.message ?? 'is malformed'}.`,
      );
    }
    // Nest checks all parameters at once and answers the first refusal: a path that addresses nothing must be that one.
    await setImmediate();
    throw new ValidationError(fieldErrors(metadata.type, result.issues, value));
  }
}

/**
 * Renders schema issues as field errors below `root` (`body`, `query`).
 * @param value what was checked: a field that is not there at all is told so, whatever rule its schema names
 */
export function fieldErrors(root: string, issues: readonly Issue[], value: unknown): FieldError[] {
  return issues.slice(0, MAXIMUM_FIELD_ERRORS).map((issue) => ({
    path: [root, ...(issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))].join('.'),
    message: isMissing(issue, value) ? 'is required' : issue.message,
  }));
}

function isMissing({ code, path = [] }: Issue, value: unknown): boolean {
  if (code === 'custom') return false;
  const found = path.reduce<unknown>((at, part) => {
    const key = typeof part === 'object' ? part.key : part;
    return typeof at === 'object' && at !== null && Object.hasOwn(at, key)
      ? (at as Record<PropertyKey, unknown>)[key]
      : undefined;
  }, value);
  return found === undefined;
}
