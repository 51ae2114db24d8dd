/** One request of a load plan. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
}

/** Requests one kind of client sends, and how. */
export interface LoadPlan {
  /** Which clients these are, for example `writers`. */
  readonly label: string;
  readonly requests: readonly LoadRequest[];
  /** The only status that is a success. */
  readonly status: number;
  /** Keep-alive connections; each has one request under way at most. */
  readonly connections: number;
  /**
   * When requests are sent: `once` sends each as soon as a connection is free, `cycle` goes round until `seconds` are over,
   * `paced` sends `perSecond` at fixed times until `seconds` are over and counts the wait for a connection as latency.
   */
  readonly pace: { readonly kind: 'once' } | CyclePace | PacedPace;
}

interface CyclePace {
  readonly kind: 'cycle';
  readonly seconds: number;
}

interface PacedPace {
  readonly kind: 'paced';
  readonly seconds: number;
  readonly perSecond: number;
}

/** What came of one plan. */
export interface LoadResult {
  readonly label: string;
  readonly requests: number;
  /** Answers with another status, and connections that broke. */
  readonly failures: number;
  /** What the first failure said. */
  readonly firstFailure?: string;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly bytes: number;
  /** Latency in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of every request, in milliseconds, shortest first. */
  readonly latencies: readonly number[];
}

/** A round of load: plans that run at the same time against one server. */
export interface LoadRound {
  readonly origin: string;
  readonly plans: readonly LoadPlan[];
}

/** The value below which such a share of the values lies; they come shortest first. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
