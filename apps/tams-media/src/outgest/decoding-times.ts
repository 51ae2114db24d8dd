/**
 * Decoding times of a track whose pictures are reordered, in ticks of MPEG-TS. Presentation times come in decoding order and are
 * known for a whole group of pictures, from one key frame to the next, before the first of the group is written.
 */
export class DecodingTimes {
  private group: number[] = [];
  private readonly times: number[] = [];
  /** By how much decoding leads presentation, so that no picture is due before it is decoded; it may grow, never shrink. */
  private lead = 0;
  private last = -Infinity;

  /** Takes the presentation time of the next picture. */
  add(presentation: number, isKey: boolean): void {
    if (isKey) this.close();
    this.group.push(presentation);
  }

  /** Ends a group of pictures. */
  close(): void {
    const ordered = this.group.toSorted((a, b) => a - b);
    for (const [index, presentation] of this.group.entries()) {
      this.lead = Math.max(this.lead, (ordered[index] ?? 0) - presentation);
    }
    for (const time of ordered) {
      this.last = Math.max(this.last + 1, time - this.lead);
      this.times.push(this.last);
    }
    this.group = [];
  }

  /** The decoding time of the next picture that is written. */
  next(): number {
    const time = this.times.shift();
    if (time === undefined) throw new Error('a picture is written before its group is known');
    return time;
  }
}
