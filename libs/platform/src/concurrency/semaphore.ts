import { UnavailableError } from '../errors/domain-error';

/**
 * Bounds what is worked on at a time: whoever wants to begin waits until there is room for it. Work that is larger than the
 * whole capacity gets all of it, alone.
 */
export class Semaphore {
  private free: number;
  private readonly waiting: { readonly amount: number; go: () => void }[] = [];

  /**
   * @param total how much may be in work, in whatever unit its users count
   * @param mostWaiting how many may wait for room; the next is refused
   * @param patienceMs how long one may wait for room, in milliseconds
   */
  constructor(
    private readonly total: number,
    private readonly mostWaiting = Infinity,
    private readonly patienceMs?: number,
  ) {
    this.free = total;
  }

  /**
   * Runs `work` once there is room for `amount`; first come, first served.
   * @throws {UnavailableError} `server-busy` when too many wait already, or it took too long
   */
  async with<Result>(amount: number, work: () => Promise<Result>): Promise<Result> {
    const share = Math.min(amount, this.total);
    if (this.waiting.length > 0 || share > this.free) await this.room(share);
    else this.free -= share;
    try {
      return await work();
    } finally {
      this.free += share;
      this.admit();
    }
  }

  private room(amount: number): Promise<void> {
    if (this.waiting.length >= this.mostWaiting) {
      throw new UnavailableError('server-busy', 'Too many requests of this kind wait; try again shortly.', {
        retryAfterSeconds: 1,
      });
    }
    return new Promise((resolve, reject) => {
      const place = { amount, go: resolve };
      this.waiting.push(place);
      if (this.patienceMs === undefined) return;
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(place), 1);
        reject(new UnavailableError('server-busy', 'What was asked for before takes too long; try again shortly.'));
        // Who stood behind may need less room.
        this.admit();
      }, this.patienceMs);
      place.go = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private admit(): void {
    for (let next = this.waiting[0]; next && next.amount <= this.free; next = this.waiting[0]) {
      this.waiting.shift();
      this.free -= next.amount;
      next.go();
    }
  }
}
