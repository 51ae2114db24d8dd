import { ContractViolation } from '../contract/contract-checker';
import { NotOffered, type Sandbox } from './sandbox';

/** One rule of the specification, tried on a server. */
export interface Clause {
  /** Operation or part of the specification it belongs to, for example `PUT /flows/{flowId}`. */
  readonly of: string;
  /** What must be so. */
  readonly rule: string;
  readonly run: (sandbox: Sandbox) => Promise<void>;
}

/** How a clause ended. */
export interface Verdict {
  readonly clause: Clause;
  readonly outcome: 'kept' | 'broken' | 'not offered';
  /** Why it is not kept; empty when it is. */
  readonly reasons: readonly string[];
  readonly seconds: number;
}

/** Longest time one clause takes, in milliseconds. */
const PATIENCE_MS = 120_000;

/** Tries one clause; whatever goes wrong is its verdict. */
export async function judge(clause: Clause, sandbox: Sandbox): Promise<Verdict> {
  const started = performance.now();
  const verdict = (outcome: Verdict['outcome'], reasons: readonly string[]): Verdict => ({
    clause,
    outcome,
    reasons,
    seconds: (performance.now() - started) / 1000,
  });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`no verdict within ${PATIENCE_MS / 1000} s`));
  }, PATIENCE_MS);
  try {
    await Promise.race([clause.run(sandbox), late.promise]);
    return verdict('kept', []);
  } catch (error) {
    if (error instanceof NotOffered) return verdict('not offered', [error.message]);
    if (error instanceof ContractViolation) return verdict('broken', error.violations);
    return verdict('broken', [Error.isError(error) ? error.message : String(error)]);
  } finally {
    clearTimeout(timer);
  }
}
