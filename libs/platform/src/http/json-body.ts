import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { BadRequestError, UnsupportedBodyError, ValidationError } from '../errors/domain-error';

/** Deepest nesting of arrays and objects a body may have; TAMS documents need fewer than ten levels. */
const MAXIMUM_DEPTH = 64;

/** Methods whose requests need no body, though many clients announce a JSON one and send nothing. */
const bodylessMethods = new Set(['DELETE', 'GET', 'HEAD']);

/**
 * Accepts `application/json` (and `+json`) bodies, and refuses early what no store could keep: text with NUL characters
 * or broken surrogates, prototype keys, and nesting that would exhaust the stack.
 */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('preParsing', (request, _reply, _payload, done) => {
    const coding = request.headers['content-encoding'];
    const isMedia = request.routeOptions.url?.startsWith('/media/') === true;
    done(
      coding === undefined || coding.toLowerCase() === 'identity' || isMedia ? null : new UnsupportedBodyError(coding),
    );
  });
  fastify.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json(?:;|$)/i,
    { parseAs: 'buffer' },
    (request, body, done) => {
      try {
        done(null, bodyOf(request.method, textOf(body as Buffer)));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** Decoding would put replacement characters in place of what is no UTF-8, and nobody would be told. */
function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw new BadRequestError('not-json', 'The body must be JSON in UTF-8, and is not.');
  return body.toString('utf8');
}

function bodyOf(method: string, text: string): unknown {
  if (text === '') {
    if (bodylessMethods.has(method)) return undefined;
    throw new BadRequestError('body-missing', 'The request needs a JSON body, and it was empty.');
  }
  const complaint = complaintAbout(text);
  if (complaint) throw complaint;
  const body = parse(text);
  refuseChangedNumbers(text);
  if (/__proto__|constructor|\\u00/.test(text)) refusePrototypeKeys(body, ['body']);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    throw new BadRequestError('not-json', `The body cannot be read: ${(error as SyntaxError).message}.`);
  }
}

/** Digits enough to be more than a number here can hold, or an exponent; in texts too, which costs a second look and no more. */
const LONG_NUMBER = /\d{16}|\d[eE][+-]?\d/;

/**
 * Refuses numbers that would come back as others: whole ones of more than 53 bits, and what is too large or too small for any
 * number here. A fraction is as near as every reader of JSON keeps it.
 */
function refuseChangedNumbers(text: string): void {
  if (!LONG_NUMBER.test(text)) return;
  for (const written of numbersIn(text)) {
    const value = Number(written);
    if (!isChanged(written, value)) continue;
    const shown = written.length > 40 ? `${written.slice(0, 40)}...` : written;
    const message = `has a number that cannot be kept as it is (${shown} would become ${value}); write it as text`;
    throw new ValidationError([{ path: 'body', message }]);
  }
}

/** The numbers of valid JSON that are long or have an exponent, as they are written. */
function* numbersIn(text: string): Generator<string> {
  const piece = /"|-?\d[\d.eE+-]*/g;
  for (let found = piece.exec(text); found; found = piece.exec(text)) {
    const [written] = found;
    if (written !== '"') {
      if (written.length > 15 || /e/i.test(written)) yield written;
      continue;
    }
    // A string: on behind its closing quote.
    let end = piece.lastIndex;
    while (end < text.length && text.charCodeAt(end) !== 0x22) end += text.charCodeAt(end) === 0x5c ? 2 : 1;
    piece.lastIndex = end + 1;
  }
}

function isChanged(written: string, value: number): boolean {
  if (!Number.isFinite(value)) return true;
  if (/^-?\d+$/.test(written)) return BigInt(written) !== BigInt(value);
  return value === 0 && /[1-9]/.test(written.split(/[eE]/)[0] ?? '');
}

/** Refuses keys that would change what an object is, once somebody copies it. */
function refusePrototypeKeys(value: unknown, path: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const place = [...path, key];
    if (key === '__proto__' || (key === 'constructor' && isPrototypeHolder(member))) {
      const message = `the key ${key} is refused, because programs take it for the prototype of the object; use another`;
      throw new ValidationError([{ path: place.join('.'), message }]);
    }
    refusePrototypeKeys(member, place);
  }
}

function isPrototypeHolder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

function complaintAbout(text: string): BadRequestError | undefined {
  if (depthOf(text) > MAXIMUM_DEPTH) {
    return new BadRequestError('body-too-deep', `The body nests deeper than ${MAXIMUM_DEPTH} levels.`);
  }
  if (!holdsStorableText(text)) {
    return new BadRequestError('text-not-storable', 'Text must not contain NUL characters or unpaired surrogates.');
  }
  return undefined;
}

/** Whether no `\u` escape stands for a NUL or for half of a surrogate pair, neither of which PostgreSQL can keep. */
function holdsStorableText(text: string): boolean {
  // Both can only enter valid JSON as an escape, so that bodies without one (nearly all) are not searched further.
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return true;
  // A space in the place of what is taken out: two halves on either side of it must not become a pair.
  const escapes = text.replaceAll('\\\\', ' ').replace(/\\ud[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}/gi, ' ');
  return !/\\u(?:0000|d[89a-f][\da-f]{2})/i.test(escapes);
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === 0x5c) index += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b || character === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (character === 0x7d || character === 0x5d) depth -= 1;
  }
  return deepest;
}
