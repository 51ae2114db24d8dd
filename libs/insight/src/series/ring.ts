/** The last so many values of a figure; what is older makes room. A value that is not known is NaN. */
export class Ring {
  private readonly values: Float64Array;
  private next = 0;
  private count = 0;

  /** @param size most values; all of its memory is taken at once */
  constructor(readonly size: number) {
    this.values = new Float64Array(size);
  }

  push(value: number): void {
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.size;
    this.count = Math.min(this.count + 1, this.size);
  }

  /** The newest value. */
  get last(): number {
    return this.count === 0 ? Number.NaN : (this.values[(this.next + this.size - 1) % this.size] ?? Number.NaN);
  }

  /** Oldest first. */
  all(): number[] {
    const first = (this.next + this.size - this.count) % this.size;
    return Array.from({ length: this.count }, (_, index) => this.values[(first + index) % this.size] ?? Number.NaN);
  }

  get bytes(): number {
    return this.values.byteLength;
  }
}
