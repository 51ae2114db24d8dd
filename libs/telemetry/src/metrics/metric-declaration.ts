/** Allowed values of a label: a closed list, or, where the list is known only at run time, what keeps it short. */
export type LabelValues = readonly string[] | { readonly boundedBy: string };

/** One metric of the contract: what Prometheus shows, and what the label values may be. */
export interface MetricDeclaration {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence for operators; the unit is part of it. */
  readonly help: string;
  /** `seconds`, `bytes`, or what is counted. */
  readonly unit: string;
  /** Label names with their allowed values, in the order they are written. */
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Only some installations have it: absent, and not zero, until it is set. */
  readonly optional?: boolean;
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** What a label outside its closed list is written as: an unforeseen value must not make a new series. */
export const OTHER = 'other';

/**
 * Response times in seconds the service level objectives are stated for; each is the exact bound of a bucket, so that
 * "how many were faster" is a count and not an interpolation.
 */
export const SERVICE_LEVEL_THRESHOLDS_SECONDS = { fast: 0.1, target: 0.25, limit: 1 } as const;

/** Buckets of request durations: 5 ms to 10 s, the service level thresholds among them. */
export const REQUEST_BUCKETS_SECONDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Buckets of calls to the metadata store: most take below a millisecond. */
export const QUERY_BUCKETS_SECONDS: readonly number[] = [0.0005, 0.001, 0.0025, ...REQUEST_BUCKETS_SECONDS];
