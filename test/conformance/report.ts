import type { Verdict } from './clause';

const signs = { kept: 'ok  ', broken: 'FAIL', 'not offered': 'n/a ' } as const;

/** The report for people: a line a clause, by the part of the specification it belongs to, reasons below. */
export function textReport(verdicts: readonly Verdict[]): string {
  const groups = Map.groupBy(verdicts, ({ clause }) => clause.of);
  const lines = [...groups].flatMap(([of, members]) => [
    of,
    ...members.flatMap(({ clause, outcome, reasons }) => [
      `  ${signs[outcome]}  ${clause.rule}`,
      ...reasons.map((reason) => `          ${reason}`),
    ]),
  ]);
  const count = (outcome: Verdict['outcome']): number => verdicts.filter((one) => one.outcome === outcome).length;
  const summary = `${count('kept')} clauses kept, ${count('broken')} broken, ${count('not offered')} not offered.`;
  return [...lines, '', summary].join('\n');
}

/** The same for programs: JUnit XML, a test suite for each part of the specification. */
export function junitReport(verdicts: readonly Verdict[]): string {
  const groups = Map.groupBy(verdicts, ({ clause }) => clause.of);
  const suites = [...groups].map(([of, members]) => {
    const failures = members.filter(({ outcome }) => outcome === 'broken').length;
    const skipped = members.filter(({ outcome }) => outcome === 'not offered').length;
    const cases = members.map((verdict) => testCase(of, verdict)).join('\n');
    return `  <testsuite name="${escaped(of)}" tests="${members.length}" failures="${failures}" skipped="${skipped}">\n${cases}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="TAMS conformance">\n${suites.join('\n')}\n</testsuites>\n`;
}

function testCase(of: string, { clause, outcome, reasons, seconds }: Verdict): string {
  const opening = `    <testcase classname="${escaped(of)}" name="${escaped(clause.rule)}" time="${seconds.toFixed(3)}"`;
  const text = escaped(reasons.join('\n'));
  if (outcome === 'kept') return `${opening}/>`;
  const inner =
    outcome === 'broken'
      ? `<failure message="${escaped(reasons[0] ?? '')}">${text}</failure>`
      : `<skipped message="${text}"/>`;
  return `${opening}>${inner}</testcase>`;
}

/** XML has no way to write most control characters. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
