import { IntegrityChecks } from './integrity-checks';
import { isNotModified, rangeOf } from './conditional-request';

/** Milliseconds of this thread; what is linear takes a hundredth of it. */
const ALLOWED_MS = 100;
const current = { sizeBytes: 1000, entityTag: '"a"', modified: new Date() };

function costOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  try {
    work();
  } catch {
    // Refusing it is as good; what counts is how long that takes.
  }
  return process.threadCpuUsage(before).user / 1000;
}

it.each([' ', '\t', '-', '=', '0', ',', ':', '"', 'W/', 'W/"', ' -', '0-', '\\', ';', '*', 'a'])(
  'headers of media with long runs of %j are read in linear time',
  (unit) => {
    const run = unit.repeat((16 * 1024) / unit.length);
    const dear = ['', 'bytes=', 'bytes=0', 'bytes=0-', 'bytes', 'sha-256=:', '"a', 'W/"a', 'Mon, 01'].filter(
      (beginning) =>
        ['', 'x'].some((end) => {
          const text = `${beginning}${run}${end}`;
          return (
            costOf(() => rangeOf({ range: text, 'if-range': text }, current)) > ALLOWED_MS ||
            costOf(() => isNotModified({ 'if-none-match': text }, current)) > ALLOWED_MS ||
            costOf(() => isNotModified({ 'if-match': text, 'if-modified-since': text }, current)) > ALLOWED_MS ||
            costOf(() => IntegrityChecks.from({ 'content-md5': text, 'content-digest': text })) > ALLOWED_MS
          );
        }),
    );
    expect(dear).toEqual([]);
  },
);
