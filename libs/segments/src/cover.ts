import { TimeRange } from '@tams/timing';

/** The timerange that reaches from the first to the last of these. */
export function coverOf(timeranges: readonly string[]): TimeRange {
  return timeranges.reduce((cover, text) => cover.extendToCover(TimeRange.parse(text)), TimeRange.NEVER);
}
