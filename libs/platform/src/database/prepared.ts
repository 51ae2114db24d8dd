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

/** The name of a statement declared by {@link prepared}; undefined for others. */
export function planNameOf(text: string): string | undefined {
  return names.get(text);
}
