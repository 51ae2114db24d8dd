/** Numbers of events, from `first` to `last`. */
export interface Numbers {
  readonly first: bigint;
  readonly last: bigint;
}

/** Gaps that one position writes down; of more, it goes back before those it has no room for. */
const WRITTEN_GAPS = 64;
const TEXT = /^(\d{1,18})\.(\d{1,18})(?:\.(\d{1,18}-\d{1,18}(?:,\d{1,18}-\d{1,18}){0,63}))?$/;

/**
 * What a reader of the outbox knows: every event up to `high` but those in the gaps. Numbers are given when an event is
 * written and seen when it is committed, so a reader that has seen 7 may still have to be told of 6.
 */
export class StreamPosition {
  /**
   * @param epoch time without a break in which events were written for streams
   * @param gaps in order, below `high`
   */
  constructor(
    readonly epoch: string,
    readonly high: bigint,
    readonly gaps: readonly Numbers[],
  ) {}

  /** Reads what {@link toString} wrote; `undefined` when it is something else. */
  static parse(text: string): StreamPosition | undefined {
    const match = TEXT.exec(text);
    if (!match?.[1] || !match[2]) return undefined;
    const high = BigInt(match[2]);
    const gaps = (match[3]?.split(',') ?? []).map((range): Numbers => {
      const [first = '', last = ''] = range.split('-');
      return { first: BigInt(first), last: BigInt(last) };
    });
    return inOrder(gaps, high) ? new StreamPosition(match[1], high, gaps) : undefined;
  }

  /** Whether the reader knows an event. */
  has(sequence: bigint): boolean {
    return sequence <= this.high && !this.gaps.some(({ first, last }) => first <= sequence && sequence <= last);
  }

  /** The position of a reader that was told of one more event. */
  after(sequence: bigint): StreamPosition {
    if (sequence > this.high) {
      const passed = sequence > this.high + 1n ? [{ first: this.high + 1n, last: sequence - 1n }] : [];
      return new StreamPosition(this.epoch, sequence, [...this.gaps, ...passed]);
    }
    const gaps = this.gaps.flatMap(({ first, last }) =>
      first <= sequence && sequence <= last
        ? [
            { first, last: sequence - 1n },
            { first: sequence + 1n, last },
          ].filter((part) => part.first <= part.last)
        : [{ first, last }],
    );
    return new StreamPosition(this.epoch, this.high, gaps);
  }

  /** The position without the gaps in which no event will ever be. */
  withoutGaps(never: (gap: Numbers) => boolean): StreamPosition {
    return new StreamPosition(
      this.epoch,
      this.high,
      this.gaps.filter((gap) => !never(gap)),
    );
  }

  /** As clients send it back. */
  toString(): string {
    const left = this.gaps[WRITTEN_GAPS];
    const high = left ? left.first - 1n : this.high;
    const gaps = this.gaps.slice(0, WRITTEN_GAPS).map(({ first, last }) => `${first}-${last}`);
    return [this.epoch, String(high), ...(gaps.length > 0 ? [gaps.join()] : [])].join('.');
  }
}

function inOrder(gaps: readonly Numbers[], high: bigint): boolean {
  return gaps.every(({ first, last }, index) => {
    const before = gaps[index - 1]?.last ?? -1n;
    return before < first && first <= last && last < high;
  });
}
