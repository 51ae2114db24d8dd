import { setTimeout as delay } from 'node:timers/promises';

/** How much is gathered. */
export interface BatchLimits {
  /** Most items of one run. */
  readonly most: number;
  /** How long at least from the end of one run to the beginning of the next, in milliseconds. */
  readonly pauseMs?: number;
}

/**
 * Turns what many ask for one by one into few statements: one runs at a time, and while it runs the next one's items gather.
 * So a busy process makes few large ones, and a quiet one begins at once.
 */
export class Batcher<Item, Result> {
  private open: { readonly items: Item[]; readonly result: Promise<Result> } | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly run: (items: readonly Item[]) => Promise<Result>,
    private readonly limits: BatchLimits,
  ) {}

  /** @returns the result of the run that the item was part of */
  add(item: Item): Promise<Result> {
    if (!this.open || this.open.items.length >= this.limits.most) this.open = this.begin();
    this.open.items.push(item);
    return this.open.result;
  }

  private begin(): { readonly items: Item[]; readonly result: Promise<Result> } {
    const items: Item[] = [];
    const result = this.last.then(() => {
      if (this.open?.items === items) this.open = undefined;
      return this.run(items);
    });
    this.last = result.then(this.pause, this.pause);
    return { items, result };
  }

  private readonly pause = async (): Promise<void> => {
    if (this.limits.pauseMs !== undefined) await delay(this.limits.pauseMs);
  };
}
