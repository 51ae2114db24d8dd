import { isObject } from './json';
import { mediaType, readJson, type Exchange } from './exchange';

/** Members every problem document of this server has, beyond `status` (RFC 9457 makes them optional, we do not). */
const textMembers = ['type', 'title', 'detail'] as const;

/**
 * Complaints about an error answer: `application/problem+json` with `type`, `title`, `status` and `detail`,
 * `errors[]` of `path` and `message` where given, `Allow` with 405 and `WWW-Authenticate` with 401 (RFC 9110).
 */
export function problemViolations(exchange: Exchange): string[] {
  const { headers, status, method, text } = exchange;
  const found: string[] = [];
  if (status === 405 && !headers.has('allow')) found.push('405 without the Allow header');
  if (status === 401 && !headers.has('www-authenticate')) found.push('401 without the WWW-Authenticate header');
  const type = mediaType(headers);
  if (type !== 'application/problem+json')
    found.push(`an error should be application/problem+json, found ${type ?? 'no type'}`);
  if (method === 'HEAD') return found;

  const reading = readJson(text);
  if ('failure' in reading) return [...found, `the problem is not JSON: ${reading.failure}`];
  const problem = reading.value;
  if (!isObject(problem)) return [...found, 'the problem is not a JSON object'];
  for (const member of textMembers) {
    if (typeof problem[member] !== 'string' || problem[member] === '') found.push(`the problem has no ${member}`);
  }
  if (problem.status !== status)
    found.push(`the problem says status ${String(problem.status)}, the answer is ${status}`);
  if ('errors' in problem && !isErrorList(problem.errors))
    found.push('the problem has errors that are not a list of { path, message }');
  return found;
}

function isErrorList(errors: unknown): boolean {
  return (
    Array.isArray(errors) &&
    errors.every((one) => isObject(one) && typeof one.path === 'string' && typeof one.message === 'string')
  );
}
