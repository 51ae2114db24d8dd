import { ValidationError } from '@tams/platform';
import { MAXIMUM_TAGS, tagName, type Tags } from '../common.schema';

/**
 * Sets one tag, whose name came in a path (PUT …/tags/{name}) and whose value is checked already.
 * @throws {ValidationError} when no tag can have this name, or there would be too many
 */
export function withTag(tags: Tags, name: string, value: string | string[]): Tags {
  const checked = tagName.safeParse(name);
  if (!checked.success) throw refusal(checked.error.issues[0]?.message ?? 'is not a name');
  if (!Object.hasOwn(tags, name) && Object.keys(tags).length >= MAXIMUM_TAGS) {
    throw refusal(`would be tag ${MAXIMUM_TAGS + 1}, and ${MAXIMUM_TAGS} are the most; delete another first`);
  }
  return { ...tags, [name]: value };
}

function refusal(message: string): ValidationError {
  return new ValidationError([{ path: 'path.name', message }]);
}
