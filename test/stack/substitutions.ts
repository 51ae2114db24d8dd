/**
 * What the test changes in the shipped files, and nothing else: each line of this list is applied to the text of the
 * file and must match, so that it cannot go stale.
 */
export interface Substitution {
  readonly file: RegExp;
  readonly why: string;
  readonly from: RegExp;
  readonly to: (match: readonly unknown[]) => string;
}

/** Seconds an alert's `for` of a minute lasts in the test. */
const SECONDS_PER_MINUTE = 5;

export const substitutions: readonly Substitution[] = [
  {
    file: /prometheus\.yml$/,
    why: 'figures every two seconds instead of every fifteen: the test has minutes, not hours',
    from: /(scrape_interval|evaluation_interval): 15s/g,
    to: (match) => `${String(match[1])}: 2s`,
  },
  {
    file: /prometheus\.yml$/,
    why: 'a scrape may not last longer than the pause between two',
    from: /scrape_timeout: 10s/g,
    to: () => 'scrape_timeout: 2s',
  },
  {
    file: /rules\/recording\.yml$/,
    why: 'figures over days are made every two seconds instead of every minute',
    from: /interval: 1m$/gm,
    to: () => 'interval: 2s',
  },
  {
    file: /rules\/recording\.yml$/,
    why: "periods of five minutes end at the clock's, which the test may not see: it reads the last hour in steps of ten seconds",
    from: /\[30?d:5m\]/g,
    to: () => '[1h:10s]',
  },
  {
    file: /rules\/alerts-.*\.yml$/,
    why: 'a condition must hold a twelfth of the time before its alert fires; windows and limits stay as shipped',
    from: /for: (\d+)([mh])$/gm,
    to: (match) => `for: ${Number(match[1]) * (match[2] === 'h' ? 60 : 1) * SECONDS_PER_MINUTE}s`,
  },
];

/** The text of a file as the test uses it. @throws {Error} when a substitution for this file finds nothing */
export function substituted(path: string, text: string): string {
  let result = text;
  for (const { file, from, to } of substitutions) {
    if (!file.test(path)) continue;
    const before = result;
    result = before.replaceAll(from, (...match) => to(match));
    if (result === before)
      throw new Error(`${path} has no ${from.source} any more: correct test/stack/substitutions.ts.`);
  }
  return result;
}
