/** Words settings of ours begin with, and hardly any other program's do. */
const ownWords = [
  'AUDIT',
  'AUTH',
  'COPY',
  'DATABASE',
  'JOB',
  'OBJECT',
  'OTLP',
  'RECONCILE',
  'RETENTION',
  'S3',
  'SHUTDOWN',
  'STORAGE',
  'WEBHOOK',
];

/** What Kubernetes and Docker put into the environment for every service they know. */
const serviceLinks = /_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_|$)/;

/** Most letters a slip of the keyboard changes. */
const SLIP = 2;

/**
 * Variables that look like settings of this server and are none: misspelt, or of another version.
 * @param given names in the environment
 * @param known names of all settings
 * @returns a sentence for each
 */
export function unknownSettings(given: readonly string[], known: readonly string[]): string[] {
  const names = new Set(known);
  return given
    .filter((name) => !names.has(name) && /^[A-Z][A-Z0-9_]+$/.test(name) && !serviceLinks.test(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      if (meant !== undefined) return [`There is no setting ${name}; did you mean ${meant}?`];
      return ownWords.some((word) => name.startsWith(`${word}_`))
        ? [`There is no setting ${name} (docs/configuration.md lists them all).`]
        : [];
    });
}

function nearest(name: string, known: readonly string[]): string | undefined {
  // Short names are near to everything.
  const limit = name.length < 8 ? 1 : SLIP;
  const distances = known
    .filter((other) => other.length >= 5 && Math.abs(other.length - name.length) <= limit)
    .map((other) => ({ other, distance: distanceOf(name, other) }));
  return distances.filter(({ distance }) => distance <= limit).sort((a, b) => a.distance - b.distance)[0]?.other;
}

/** Letters that must be put in, taken out or replaced to make one text of the other. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
