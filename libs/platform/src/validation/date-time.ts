import { z } from 'zod';

/** Date and time to the second, fraction of a second, offset from UTC. */
const RFC3339_PARTS = /^([^.Z]{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;
const MICROSECOND_DIGITS = 6;

/**
 * A date and time (RFC 3339) as PostgreSQL takes it: in UTC, to the microsecond, further digits left out. PostgreSQL refuses
 * much of what RFC 3339 allows: offsets of 16 hours and more, the year 0, very many digits.
 * @returns undefined for what has no place in the years 1 to 9999 UTC, or is no RFC 3339 text
 */
export function utcMicroseconds(text: string): string | undefined {
  const [, upToSecond, fraction = '', offset] = RFC3339_PARTS.exec(text) ?? [];
  if (upToSecond === undefined || offset === undefined) return undefined;
  const milliseconds = Date.parse(upToSecond + offset);
  if (Number.isNaN(milliseconds)) return undefined;
  const utc = new Date(milliseconds).toISOString();
  if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return undefined;
  return `${utc.slice(0, 19)}.${fraction.slice(0, MICROSECOND_DIGITS).padEnd(MICROSECOND_DIGITS, '0')}Z`;
}

/** A date and time that a client gives, with any offset, read into UTC to the microsecond ({@link utcMicroseconds}). */
export const dateTime = z.iso
  .datetime({ offset: true, error: 'must be a date and time (RFC 3339)' })
  .transform((text, context): string => {
    const utc = utcMicroseconds(text);
    if (utc !== undefined) return utc;
    context.addIssue({ code: 'custom', message: 'must be a time in the years 0001 to 9999, in UTC' });
    return z.NEVER;
  });
