import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '@tams/platform';
import type { ByteRange } from '@tams/storage';

/** What conditions and ranges of a request are judged by. */
export interface Representation {
  /** Strong entity tag, with quotes. */
  readonly entityTag: string;
  readonly modified: Date;
  readonly sizeBytes: number;
}

/** A condition of the request does not hold (412). */
export class PreconditionFailedError extends DomainError {
  constructor() {
    super(
      'precondition-failed',
      'precondition-failed',
      'info',
      'The object is not the one `If-Match` or `If-Unmodified-Since` asks for.',
    );
  }
}

/** The range begins behind the last byte (416). */
export class RangeNotSatisfiableError extends DomainError {
  constructor(sizeBytes: number) {
    super(
      'range-not-satisfiable',
      'range-not-satisfiable',
      'info',
      `The object has ${sizeBytes} bytes, none of them in the range asked for.`,
      {
        headers: { 'Content-Range': `bytes */${sizeBytes}` },
      },
    );
  }
}

/**
 * Judges the conditions of a GET or HEAD in the order of RFC 9110, section 13.2.2.
 * @returns whether the client's copy is still good (304)
 * @throws {PreconditionFailedError}
 */
export function isNotModified(headers: IncomingHttpHeaders, current: Representation): boolean {
  const ifMatch = headers['if-match'];
  const unmodifiedSince = secondsOf(headers['if-unmodified-since']);
  if (ifMatch !== undefined) {
    if (!listsTag(ifMatch, current.entityTag)) throw new PreconditionFailedError();
  } else if (unmodifiedSince !== undefined && secondsSinceEpoch(current.modified) > unmodifiedSince) {
    throw new PreconditionFailedError();
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return listsTag(ifNoneMatch.replace(/\bW\/(?=")/g, ''), current.entityTag);
  const modifiedSince = secondsOf(headers['if-modified-since']);
  return modifiedSince !== undefined && secondsSinceEpoch(current.modified) <= modifiedSince;
}

/**
 * The single range a GET asks for; `undefined` for the whole object, which is also the answer to several ranges, to what
 * cannot be understood and to an `If-Range` that no longer holds (RFC 9110, section 14.2).
 * @throws {RangeNotSatisfiableError}
 */
export function rangeOf(headers: IncomingHttpHeaders, current: Representation): ByteRange | undefined {
  const [, first, last] = /^bytes=[\t ]*(\d*)-(\d*)$/i.exec(headers.range ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (!ifRangeHolds(headers['if-range'], current)) return undefined;
  const { sizeBytes } = current;
  const range =
    first === ''
      ? { start: Math.max(0, sizeBytes - Number(last)), end: sizeBytes - 1 }
      : { start: Number(first), end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (range.start >= sizeBytes) throw new RangeNotSatisfiableError(sizeBytes);
  return range;
}

function ifRangeHolds(ifRange: string | string[] | undefined, current: Representation): boolean {
  if (ifRange === undefined) return true;
  const condition = String(ifRange);
  return condition.startsWith('"')
    ? condition === current.entityTag
    : secondsOf(condition) === secondsSinceEpoch(current.modified);
}

function listsTag(list: string, entityTag: string): boolean {
  return list.trim() === '*' || list.split(',').some((tag) => tag.trim() === entityTag);
}

/** HTTP dates count whole seconds. */
function secondsSinceEpoch(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function secondsOf(httpDate: string | undefined): number | undefined {
  const milliseconds = httpDate === undefined ? NaN : Date.parse(httpDate);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
