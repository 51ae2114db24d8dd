/** Most entries a message names. */
const MAXIMUM_NAMED = 20;

/** Names for a message, however many there are: the first twenty, and a sign that there are more. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAXIMUM_NAMED).join(', ');
  return names.length > MAXIMUM_NAMED ? `${shown}, …` : shown;
}
