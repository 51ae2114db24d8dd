const names = new Map<string, string>();

/**
 * Declares a statement that PostgreSQL parses and plans once for each connection. Only for texts fixed in the code: each
 * one stays in the memory of every connection, so there must be few. Not for listings whose best plan depends on the
 * values: those are planned anew each time.
 * @returns the text, to be given to `Connection.query` as it is
 */
export function prepared(text: string): string {
  if (!names.has(text)) names.set(text, `tams_${names.size + 1}`);
  return text;
}

/** The statement as `pg` takes it: with a name when its text was declared by {@link prepared}. */
export function queryOf(text: string, values: readonly unknown[]): { name?: string; text: string; values: unknown[] } {
  const name = names.get(text);
  return name === undefined ? { text, values: values as unknown[] } : { name, text, values: values as unknown[] };
}
