/**
 * Bounds the memory that messages take: whoever wants to make one waits until there is room. One that is larger than the whole
 * budget gets all of it, alone.
 */
export class ByteBudget {
  private free: number;
  private readonly waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(private readonly total: number) {
    this.free = total;
  }

  /** Runs `work` once there is room for `bytes`; first come, first served. */
  async with<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    const share = Math.min(bytes, this.total);
    if (this.waiting.length > 0 || share > this.free) {
      await new Promise<void>((go) => this.waiting.push({ bytes: share, go }));
    } else this.free -= share;
    try {
      return await work();
    } finally {
      this.free += share;
      this.admit();
    }
  }

  private admit(): void {
    for (let next = this.waiting[0]; next && next.bytes <= this.free; next = this.waiting[0]) {
      this.waiting.shift();
      this.free -= next.bytes;
      next.go();
    }
  }
}
