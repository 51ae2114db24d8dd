/**
 * Rows that one statement writes: one as `VALUES`, several from arrays, an array a column, so that the text is the same however many
 * there are.
 */

/** SQL of the places of one row's values. @param types of its columns @param first number of the first place */
export function placesOf(types: readonly string[], first: number): string {
  return types.map((type, index) => `$${first + index}::${type}`).join(', ');
}

/** SQL of the places of several rows' values, for `unnest`. */
export function arrayPlacesOf(types: readonly string[], first: number): string {
  return types.map((type, index) => `$${first + index}::${type}[]`).join(', ');
}

/** What belongs in the places: the values of a single row ({@link placesOf}), or an array for each column ({@link arrayPlacesOf}). */
export function valuesOf(types: readonly string[], rows: readonly (readonly unknown[])[]): readonly unknown[] {
  const [only] = rows;
  return rows.length === 1 && only ? only : types.map((_type, column) => rows.map((row) => row[column]));
}
