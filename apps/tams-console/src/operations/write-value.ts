import { writeBytes } from '../parts/write-bytes';

/** A figure as people read it. @param unit `s`, `bytes`, `bytes/s`, or what is counted, a second or not */
export function writeValue(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 's') return value < 1 ? `${round(value * 1000)} ms` : `${round(value)} s`;
  if (unit === 'bytes') return writeBytes(value);
  if (unit === 'bytes/s') return `${writeBytes(value)}/s`;
  if (unit === 'seconds/s') return round(value);
  return unit.endsWith('/s') ? `${round(value)}/s` : round(value);
}

/** A duration in milliseconds. */
export function writeMilliseconds(milliseconds: number): string {
  return writeValue(milliseconds / 1000, 's');
}

function round(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}
