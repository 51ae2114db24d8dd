/** What stands in a log, span or message where a secret was. */
export const REDACTED = '[redacted]';

const secretNames = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'x-amz-signature',
  'x-amz-credential',
  'x-amz-security-token',
  'signature',
  'api_key',
  'api_key_value',
  'x-api-key',
  'password',
  'passwd',
  'secret',
  'client_secret',
  'secret_access_key',
  'secretaccesskey',
];
const secretName = new RegExp(`^(?:${secretNames.join('|')})$`, 'i');

/** Whether a text may hold a secret: one cheap look at the whole of it before anything is taken apart. */
const suspicious =
  /authorization|cookie|token|x-amz-|signature|api.key|passw|secret|bearer |basic |tams_|eyJ|%(?:2[5D]|5F|3\d|[46][1-9A-F]|[57][0-9A])|:\/\/[^/\s"@:]{0,256}:[^/\s"@]{0,1024}@/i;

/** Longest text that is searched, in characters; what follows is left out. */
const SEARCHED_LENGTH = 16 * 1024;
/** How far behind its `://` the password of a URL may end: see {@link replacements}. */
const URL_CREDENTIALS_LENGTH = 3 + 256 + 1 + 1024 + 1;

// Clients choose these texts. No pattern may begin with something that repeats, nor have two neighbours that can match the
// same characters: its cost would grow faster than its text, and one request could stop the event loop.
const names = secretNames.map((name) => name.replaceAll('-', '(?:-|%2D)')).join('|');
const replacements: readonly (readonly [RegExp, string])[] = [
  // Authorization: Bearer ..., and the same anywhere else.
  [/\b(Bearer|Basic|Digest|AWS4-HMAC-SHA256)\s+[\w.~+/=:,\- ]+/gi, `$1 ${REDACTED}`],
  [/\b((?:set-)?cookie["']?\s*[:=]\s*)[^\n]+/gi, `$1${REDACTED}`],
  // URL parameters and forms, also percent-encoded inside another URL.
  [new RegExp(`\\b(${names})(=|%3D)[^&\\s"'<>\\\\]*`, 'gi'), `$1$2${REDACTED}`],
  // YAML-like "name: value".
  [new RegExp(`\\b(${names}):\\s+(?!\\[redacted\\])[^\\s,;"']+`, 'gi'), `$1: ${REDACTED}`],
  // Tokens of this server, and signed ones of others, wherever they stand.
  [/\btams_[\w-]{20,}/g, REDACTED],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, REDACTED],
  // Passwords in URLs: postgres://user:password@host.
  [/(:\/\/[^/\s"@:]{0,256}):[^/\s"@]{0,1024}@/g, `$1:${REDACTED}@`],
];

/** Whether {@link redactText} or {@link redactValue} might change this text. */
export function maySmuggleSecrets(text: string): boolean {
  return suspicious.test(text);
}

/** Takes the secrets out of a text: credentials, tokens and signatures in headers, URLs and JSON. A very long one is cut. */
export function redactText(text: string): string {
  const searched = cut(text);
  if (!suspicious.test(searched)) return searched;
  const plain = withoutJsonSecrets(withoutEncodedNames(searched));
  return replacements.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), plain);
}

/** A parameter of a URL, perhaps of one inside another, whose name is percent-encoded somewhere. */
const encodedParameter = /([?&]|%3F|%26)([\w.~+[\]-]{0,64}%[\w.~+[\]%-]{2,128}?)(=|%3D)[^&\s"'<>\\]*/gi;

/** Names of parameters are compared as the server reads them: `access%5Ftoken` is `access_token`. */
function withoutEncodedNames(text: string): string {
  return text.replace(encodedParameter, (whole, before: string, name: string, equals: string) =>
    isSecretName(decoded(name)) ? `${before}${name}${equals}${REDACTED}` : whole,
  );
}

/** Also what was encoded twice; of several parameters that one is, the last. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(name)).split(/[?&=]/).at(-1) ?? name;
  } catch {
    return name;
  }
}

const jsonSecret = new RegExp(`["'](?:${names})\\\\*["']\\s*:\\s*(\\\\*)(["'])`, 'gi');

/** Takes out what stands in JSON inside a text, however often its quotes are escaped, and whatever quotes it has itself. */
function withoutJsonSecrets(text: string): string {
  let result = '';
  let from = 0;
  jsonSecret.lastIndex = 0;
  for (let found = jsonSecret.exec(text); found; found = jsonSecret.exec(text)) {
    const [, escapes = '', quote = '"'] = found;
    const end = endOfString(text, jsonSecret.lastIndex, quote, escapes.length);
    result += `${text.slice(from, jsonSecret.lastIndex)}${REDACTED}`;
    from = end;
    jsonSecret.lastIndex = end;
  }
  return result + text.slice(from);
}

/**
 * Where the string ends that begins at `from`: at the backslashes before its closing quote.
 * @param escapes how many backslashes its own quotes have. Each level of JSON doubles those of its content and adds one, so that a
 *   quote closes the string when what stands before it is that many beyond whole groups of twice one more
 */
function endOfString(text: string, from: number, quote: string, escapes: number): number {
  let backslashes = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === quote && backslashes % (2 * (escapes + 1)) === escapes) return at - escapes;
    backslashes = character === '\\' ? backslashes + 1 : 0;
  }
  return text.length;
}

/** The part of a text that is searched, without the beginning of a URL whose password the cut would have torn in two. */
function cut(text: string): string {
  if (text.length <= SEARCHED_LENGTH) return text;
  const kept = text.slice(0, SEARCHED_LENGTH);
  const url = kept.lastIndexOf('://');
  return `${url > SEARCHED_LENGTH - URL_CREDENTIALS_LENGTH ? kept.slice(0, url) : kept}... (${text.length})`;
}

/** Whether a field of this name holds a secret, whatever its value. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Takes the secrets out of a JSON value, at any depth: fields with a secret's name, and secrets inside texts. */
export function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isSecretName(name) ? REDACTED : redactValue(field)]),
  );
}
