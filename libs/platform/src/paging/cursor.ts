import type { z } from 'zod';
import { ValidationError } from '../errors/domain-error';

/** Writes the position after the last item of a page as an opaque key (base64url of JSON). */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads a key back, or refuses it.
 * @throws {ValidationError} when the key is not one this listing hands out
 */
export function decodeCursor<Schema extends z.ZodType>(key: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(jsonOf(key));
  if (!result.success) {
    throw new ValidationError([
      { path: 'query.page', message: 'is not a page key of this listing; start again without `page`' },
    ]);
  }
  return result.data;
}

function jsonOf(key: string): unknown {
  try {
    return JSON.parse(Buffer.from(key, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
