import { types } from 'pg';
import { readJson } from './json-reader';

/** `2026-11-22 10:00:00.123456+00`, as PostgreSQL writes most times in UTC sessions. */
const LENGTH_IN_UTC = 29;
const writtenTime = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d)(:\d\d)?(?::\d\d)?$/;

/**
 * PostgreSQL writes `2026-11-22 10:00:00.5+00` in UTC sessions; the API speaks RFC 3339, always with six digits, so that texts
 * sort as the times do. A pooler may hand out sessions in another time zone, whose offset counts then; the fraction, finer than
 * milliseconds, is the same in all.
 */
export function rfc3339(text: string): string {
  if (text.endsWith('+00')) {
    if (text.length === LENGTH_IN_UTC && text[10] === ' ') return `${text.slice(0, 10)}T${text.slice(11, 26)}Z`;
    return withSixDigits(text.slice(0, -3).replace(' ', 'T'));
  }
  const [, date, time, fraction = '', hours, minutes = ':00'] = writtenTime.exec(text) ?? [];
  if (date === undefined || time === undefined || hours === undefined) return text;
  const utc = new Date(`${date}T${time}${hours}${minutes}`).toISOString().slice(0, -'.000Z'.length);
  return withSixDigits(`${utc}${fraction}`);
}

function withSixDigits(text: string): string {
  const [seconds = text, fraction = ''] = text.split('.', 2);
  return `${seconds}.${fraction.padEnd(6, '0')}Z`;
}

/** Type parsers of our own pool only: global ones would change other users of `pg` in this process. */
export const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (oid === types.builtins.TIMESTAMPTZ.valueOf() && format !== 'binary') return rfc3339;
    if (oid === types.builtins.JSON.valueOf() && format !== 'binary') return readJson;
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- types of extensions have ids outside the enum
    return types.getTypeParser(oid, format);
  },
};
