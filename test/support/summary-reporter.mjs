/** Titles listed of tests that do not say why they are skipped. */
const LISTED_TITLES = 3;

/**
 * Closes a run with plain lines that people and CI read alike: what was skipped and why, where anything was, and
 * `N passed, N failed, N skipped`. A test says why it is skipped at the end of its title, or of a title around it:
 * `(skipped: <reason>)`.
 */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const why = skipped > 0 ? `\nSkipped: ${describe(results.testResults)}\n` : '';
    process.stdout.write(`${why}\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}

function describe(files) {
  const tests = files
    .flatMap((file) => file.testResults)
    .filter(({ status }) => /^(pending|todo|disabled)$/.test(status));
  const byReason = Map.groupBy(tests, reasonOf);
  const unexplained = (byReason.get(undefined) ?? []).map(({ fullName }) => `"${fullName}"`);
  byReason.delete(undefined);
  const parts = [...byReason].map(([reason, { length }]) => `${length} because ${reason}`);
  if (unexplained.length > 0) {
    const more = unexplained.length > LISTED_TITLES ? ', ...' : '';
    parts.push(`${unexplained.length} that do not say why (${unexplained.slice(0, LISTED_TITLES).join(', ')}${more})`);
  }
  return `${parts.join('; ')}.`;
}

function reasonOf({ ancestorTitles, title }) {
  const reasons = [...ancestorTitles, title].map((text) => /\(skipped: (.*)\)$/.exec(text)?.[1]);
  return reasons.find((reason) => reason !== undefined);
}
