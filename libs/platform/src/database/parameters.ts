/** Collects the values of a statement that is put together piece by piece, and numbers their places. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Adds a value. @returns its place, for example `$3::text` when cast */
  add(value: unknown, cast?: 'text' | 'uuid' | 'int8' | 'timestamptz'): string {
    this.values.push(value);
    const type = cast ?? (typeof value === 'string' ? 'text' : undefined);
    return `$${this.values.length}${type ? `::${type}` : ''}`;
  }
}
