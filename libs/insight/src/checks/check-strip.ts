/** Looks of the last hour, one every five seconds. */
const LOOKS = 720;
/** Pieces of a strip: a minute each. */
const PIECES = 60;

/** How a part was, by severity. */
export const checkStates = ['unknown', 'up', 'degraded', 'down'] as const;
export type CheckState = (typeof checkStates)[number];

/** How one part was within the last hour. */
export class CheckStrip {
  private readonly states = new Uint8Array(LOOKS);
  private next = 0;

  push(state: CheckState): void {
    this.states[this.next] = checkStates.indexOf(state);
    this.next = (this.next + 1) % LOOKS;
  }

  /** The worst of each minute, oldest first. */
  pieces(): CheckState[] {
    const size = LOOKS / PIECES;
    return Array.from({ length: PIECES }, (_, piece) => {
      let worst = 0;
      for (let look = piece * size; look < (piece + 1) * size; look += 1)
        worst = Math.max(worst, this.states[(this.next + look) % LOOKS] ?? 0);
      return checkStates[worst] ?? 'unknown';
    });
  }
}
