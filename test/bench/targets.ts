import { READS_ALONE, READS_IN_CROWD } from './cases';
import type { Measurement, Spread } from './measurement';
import { number, tableOf } from './report';

const PAGE = 'page of 30, presigned URLs';
const SINGLE = 'register one segment';
const BATCH = 'register 1,000 in a batch';

/** A target of docs/performance.md and what this run says of it. */
export interface Verdict {
  readonly target: string;
  readonly figure: string;
  readonly reached: boolean;
}

/** What a run has measured. */
export interface Findings {
  readonly measurements: readonly Measurement[];
  /** Largest resident memory of the server in any case, in megabytes. */
  readonly peakMegabytes: number;
  /** Microseconds of a cached bearer check; absent when it was not measured. */
  readonly bearerCheck?: Spread | undefined;
}

/** Judges the targets whose cases ran, by the medians of their rounds. */
export function verdictsOf({ measurements, peakMegabytes, bearerCheck }: Findings): Verdict[] {
  const verdicts: Verdict[] = [];
  const atLeast = (target: string, least: number, value: number, digits: number): void => {
    verdicts.push({ target, figure: number(value, digits), reached: value >= least });
  };
  const below = (target: string, bound: number, value: number, digits: number): void => {
    verdicts.push({ target, figure: number(value, digits), reached: value < bound });
  };
  for (const { label, items, figures, ratios } of measurements) {
    const own = figures['server'];
    const ofFloor = ratios['floor'];
    if (!own || !ofFloor) continue;
    if (label === PAGE) atLeast('page of 30 with URLs, at least 0.5 of the floor', 0.5, ofFloor.median, 2);
    if (label === SINGLE) below('single registration, p99 below 25 ms', 25, own.p99.median, 1);
    if (label !== BATCH || !items) continue;
    atLeast('batch registration, at least 0.5 of the floor', 0.5, ofFloor.median, 2);
    const rate = own.requestsPerSecond.median * items.count;
    atLeast('batch registration, at least 8,000 segments/s', 8000, rate, 0);
  }
  const median = (wanted: string): number | undefined =>
    measurements.find(({ label }) => label === wanted)?.figures['server']?.p50.median;
  const [alone, inCrowd] = [median(READS_ALONE), median(READS_IN_CROWD)];
  if (alone !== undefined && inCrowd !== undefined)
    below('reads beside 60 writers of one flow, p50 at most twice', 2, inCrowd / alone, 2);
  below('memory below 300 MB in every case', 300, peakMegabytes, 0);
  if (bearerCheck) below('cached bearer check below 50 us', 50, bearerCheck.median, 2);
  return verdicts;
}

/** The verdicts as a table. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ target, figure, reached }) => [target, figure, reached ? 'reached' : 'NOT REACHED']);
  return tableOf(['target', 'median', 'verdict'], rows);
}
