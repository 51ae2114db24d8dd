import { relative } from 'node:path';

/** Titles listed of tests that do not say why they are skipped. */
const LISTED_TITLES = 3;
const MINUTE_MS = 60_000;
/** A file that runs this long is named, and again each time as much has passed. */
const SLOW_MINUTES = 5;

/**
 * Closes a run with plain lines that people and CI read alike: what was skipped and why, where anything was, and
 * `N passed, N failed, N skipped`. A test says why it is skipped at the end of its title, or of a title around it:
 * `(skipped: <reason>)`. A file that takes long is named while it runs.
 */
export default class SummaryReporter {
  /** When each file that runs began, by its path. */
  #running = new Map();
  #watch = setInterval(() => this.#nameTheSlow(), MINUTE_MS).unref();

  onTestFileStart({ path }) {
    this.#running.set(path, Date.now());
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
  }

  onRunComplete(_contexts, results) {
    clearInterval(this.#watch);
    const skipped = results.numPendingTests + results.numTodoTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const why = skipped > 0 ? `\nSkipped: ${describe(results.testResults)}\n` : '';
    process.stdout.write(`${why}\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }

  /** A file whose loop never ends is stopped by no time limit of its tests, and would leave no trace in the output. */
  #nameTheSlow() {
    for (const [path, began] of this.#running) {
      const minutes = Math.floor((Date.now() - began) / MINUTE_MS);
      if (minutes > 0 && minutes % SLOW_MINUTES === 0)
        process.stdout.write(`Running for ${minutes} minutes: ${relative(process.cwd(), path)}\n`);
    }
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
