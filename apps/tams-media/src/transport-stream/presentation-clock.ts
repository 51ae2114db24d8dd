import { ROLLOVER_TICKS } from '../media-time';

/**
 * Turns the 33-bit times of a stream into times that keep growing: each is taken for the nearest one to the time before it,
 * so that a step from 2^33-1 to 0 is one tick forward (AppNote 0002, "Rollover").
 */
export class PresentationClock {
  /** @param reference ticks of the time before the first one, where the stream continues another file */
  constructor(private reference?: number) {}

  /** The time in ticks on the growing timeline; may be negative around the very first time. */
  unwrap(ticks: number): number {
    const near = this.reference ?? ticks;
    const unwrapped = ticks + Math.round((near - ticks) / ROLLOVER_TICKS) * ROLLOVER_TICKS;
    this.reference = unwrapped;
    return unwrapped;
  }
}
