import type { RunningJob } from './models';
import { writeCount } from '../parts/write-bytes';
import { writeValue } from './write-value';

/** How far a job is: how many of how many, how fast, and how long it will take at that rate. */
export function writeProgress(progress: NonNullable<RunningJob['progress']>): string {
  const { unit, done, total, per_second: rate } = progress;
  const counted = (count: number): string => (unit === 'bytes' ? writeValue(count, 'bytes') : writeCount(count));
  const of = total === undefined ? '' : ` of ${counted(total)}`;
  const words = [`${counted(done)}${of}${unit === 'bytes' ? '' : ` ${unit}`}`];
  if (rate !== undefined && rate > 0) {
    words.push(writeValue(rate, unit === 'bytes' ? 'bytes/s' : '/s'));
    if (total !== undefined && total > done) words.push(`${writeDuration((total - done) / rate)} left`);
  }
  return words.join(' · ');
}

function writeDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
