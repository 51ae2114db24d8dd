/** Random choices that a seed repeats (mulberry32). */
export class Chance {
  constructor(private state: number) {}

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  one<Value>(values: readonly Value[]): Value {
    return values[this.between(0, values.length - 1)]!;
  }

  /** Another sequence that depends on this one's seed alone. */
  split(): Chance {
    return new Chance(this.between(0, 2 ** 31));
  }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** The choices of this run. */
export function chanceOfRun(): Chance {
  return new Chance(Number(process.env['FAULTS_SEED'] ?? 1));
}

/** Whether this is the long run (`--long`): it also waits for what takes minutes. */
export const LONG = process.env['FAULTS_LONG'] === 'true';

/** How long the crash loop runs, in milliseconds. */
export const LOOP_MS = Number(process.env['FAULTS_SECONDS'] ?? 20) * 1000;
