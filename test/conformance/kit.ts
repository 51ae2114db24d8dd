import { ContractChecker } from '../contract/contract-checker';
import type { Specification } from '../contract/specification';
import { type Clause, judge, type Verdict } from './clause';
import { flowClauses } from './clauses/flow.clauses';
import { mediaClauses } from './clauses/media.clauses';
import { serviceClauses } from './clauses/service.clauses';
import { Sandbox } from './sandbox';

/** Every clause, in the order they are tried. */
export const clauses: readonly Clause[] = [...serviceClauses, ...flowClauses, ...mediaClauses];

/** What is tried, and how the server is reached. */
export interface KitOptions {
  /** Root of the API. */
  readonly url: string;
  /** Sent with every request, for example `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly specification: Specification;
  /** Hears of each verdict as it falls. */
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** What a run found. */
export interface KitResult {
  readonly verdicts: readonly Verdict[];
  /** What could not be deleted afterwards, in words. */
  readonly leftBehind: readonly string[];
}

/** Tries every clause on a server, one after the other, and deletes what it made there, whatever happened. */
export async function runKit({ url, headers, specification, onVerdict }: KitOptions): Promise<KitResult> {
  const sandbox = new Sandbox(url, headers, new ContractChecker(specification, false));
  const verdicts: Verdict[] = [];
  let leftBehind: readonly string[] = [];
  try {
    for (const clause of clauses) {
      const verdict = await judge(clause, sandbox);
      verdicts.push(verdict);
      onVerdict?.(verdict);
    }
  } finally {
    leftBehind = await sandbox.cleanUp();
  }
  return { verdicts, leftBehind };
}
