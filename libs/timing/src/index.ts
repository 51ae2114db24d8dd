/** Time on the TAMS timeline: immutable values on whole nanoseconds (bigint). Imports nothing. */
export { TAI_AHEAD_OF_UTC_NANOSECONDS } from './tai';
export {
  EARLIEST_NANOSECONDS,
  formatNanoseconds,
  LATEST_NANOSECONDS,
  LONGEST_TIMING_TEXT,
  NANOSECONDS_PER_SECOND,
  Timestamp,
  TIMESTAMP_PATTERN,
} from './timestamp';
export {
  TIMERANGE_PATTERN,
  TimeRange,
  type HalfOpenNanoseconds,
  type StorableNanoseconds,
  type TimeRangeParts,
} from './timerange';
export { TimingError, type TimingErrorCode } from './timing-error';
