/** Tags of a Flow: names with one text or several. */
export type Tags = Readonly<Record<string, string | readonly string[]>>;

/** Tags as lines of text. */
export function tagLines(tags: Tags): string {
  return Object.entries(tags)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : value.join(', ')}`)
    .join('\n');
}

/**
 * Tags from lines of text. A tag that had several values keeps being a list.
 * @throws {Error} naming the line that is none
 */
export function tagsFrom(text: string, before: Tags): Tags {
  const tags: Record<string, string | readonly string[]> = {};
  for (const line of text.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const separator = line.indexOf(':');
    const name = line.slice(0, separator).trim();
    if (separator < 1 || name === '') throw new Error(`“${line}” is no tag: write name: value.`);
    const value = line.slice(separator + 1).trim();
    const isList = typeof before[name] === 'object';
    tags[name] = isList ? value.split(',').map((part) => part.trim()) : value;
  }
  return tags;
}
