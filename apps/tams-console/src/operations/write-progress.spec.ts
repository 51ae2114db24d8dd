import { writeProgress } from './write-progress';

const about = 'Flow one';

it.each([
  [{ about, unit: 'segments', done: 1200 }, '1\u202f200 segments'],
  [
    { about, unit: 'segments', done: 1200, total: 6000, per_second: 40 },
    '1\u202f200 of 6\u202f000 segments · 40/s · 2 min left',
  ],
  [{ about, unit: 'segments', done: 6000, total: 6000, per_second: 40 }, '6\u202f000 of 6\u202f000 segments · 40/s'],
  [{ about, unit: 'objects', done: 0, total: 9, per_second: 0 }, '0 of 9 objects'],
  [{ about, unit: 'bytes', done: 2e6, total: 8e9, per_second: 1e6 }, '2.0 MB of 8.0 GB · 1.0 MB/s · 2 h left'],
])('says how far a job is: %j', (progress, words) => {
  expect(writeProgress(progress)).toBe(words);
});
