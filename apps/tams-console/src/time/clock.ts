import { formatNanoseconds, NANOSECONDS_PER_SECOND } from '@tams/timing';
import { type FrameRate, timecodeOf } from './timecode';

/** How moments of the timeline are written. */
export type ClockMode = 'time' | 'timecode' | 'utc' | 'local' | 'tai';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** TAI less UTC before the first leap second, in seconds. */
const FIRST_OFFSET = 10;
/** Moments (UTC) from which TAI is one second further ahead of UTC: IERS Bulletin C, the last of 2017. */
const leapSeconds = [
  ...['1972-07-01', '1973-01-01', '1974-01-01', '1975-01-01', '1976-01-01', '1977-01-01', '1978-01-01'],
  ...['1979-01-01', '1980-01-01', '1981-07-01', '1982-07-01', '1983-07-01', '1985-07-01', '1988-01-01'],
  ...['1990-01-01', '1991-01-01', '1992-07-01', '1993-07-01', '1994-07-01', '1996-01-01', '1997-07-01'],
  ...['1999-01-01', '2006-01-01', '2009-01-01', '2012-07-01', '2015-07-01', '2017-01-01'],
].map((day) => Date.parse(`${day}T00:00:00Z`) / 1000);

/** A year on the timeline: beyond it, moments are dates (TAI since 1970) and not distances from the start of a file. */
const LONGEST_PROGRAMME = 366n * 86_400n * NANOSECONDS_PER_SECOND;

/** Whether a timeline counts from 1970 (TAI) or from the start of its media. */
export function isWallClock(nanoseconds: bigint): boolean {
  return nanoseconds > LONGEST_PROGRAMME;
}

/** Milliseconds of UTC since 1970 at a moment of TAI. */
export function utcMillisecondsOf(nanoseconds: bigint): number {
  const tai = Number(nanoseconds / NANOSECONDS_PER_MILLISECOND);
  let offset = FIRST_OFFSET;
  for (const begin of leapSeconds) {
    if (tai / 1000 - (offset + 1) < begin) break;
    offset += 1;
  }
  return tai - offset * 1000;
}

/** Nanoseconds of TAI since 1970 at a moment of UTC. */
export function taiOfUtc(milliseconds: number): bigint {
  const offset = FIRST_OFFSET + leapSeconds.filter((begin) => begin <= milliseconds / 1000).length;
  return BigInt(Math.round(milliseconds + offset * 1000)) * NANOSECONDS_PER_MILLISECOND;
}

/** Writes a moment of the timeline for people. */
export function writeMoment(nanoseconds: bigint, mode: ClockMode, rate?: FrameRate): string {
  switch (mode) {
    case 'tai':
      return formatNanoseconds(nanoseconds);
    case 'utc':
      return new Date(utcMillisecondsOf(nanoseconds)).toISOString().replace('T', ' ').replace('Z', ' UTC');
    case 'local':
      return localText(new Date(utcMillisecondsOf(nanoseconds)));
    case 'timecode':
      return rate ? timecodeOf(nanoseconds, rate) : writeDistance(nanoseconds);
    case 'time':
      return writeDistance(nanoseconds);
  }
}

function localText(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return `${shifted.slice(0, 23).replace('T', ' ')} local`;
}

/** A distance from the origin: `1:02:03.040`. */
export function writeDistance(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const milliseconds = (nanoseconds < 0n ? -nanoseconds : nanoseconds) / NANOSECONDS_PER_MILLISECOND;
  const seconds = milliseconds / 1000n;
  const parts = [(seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0'));
  return `${sign}${String(seconds / 3600n)}:${parts.join(':')}.${String(milliseconds % 1000n).padStart(3, '0')}`;
}

/** A length for people: `1 h 02 min`, `3 min 04 s`, `12.4 s`. */
export function writeLength(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${two(Math.floor((whole % 86_400) / 3600))} h`;
}

/** How long ago something was. */
export function writeAge(seconds: number): string {
  return seconds < 1 ? 'just now' : `${writeLength(seconds)} ago`;
}
