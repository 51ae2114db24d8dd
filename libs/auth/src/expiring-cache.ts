/**
 * A bounded memory of what was found out: the oldest entry leaves first, and none outlives its time. That is measured by a clock
 * which nobody can set back.
 */
export class ExpiringCache<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly expires: number }>();

  /** @param capacity most entries it holds */
  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.expires > performance.now()) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  /** @param expires milliseconds since the epoch */
  set(key: string, value: Value, expires: number): void {
    this.entries.delete(key);
    if (this.entries.size >= this.capacity) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(key, { value, expires: performance.now() + (expires - Date.now()) });
  }

  clear(): void {
    this.entries.clear();
  }
}
