import { type Context, SpanKind } from '@opentelemetry/api';
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';

/**
 * Samples every trace of a quiet server and at most so many a second of a busy one, evenly spread: what tracing costs is
 * bounded whatever the load, and a single request is never missing on a machine nobody else uses. What the server does by
 * itself has a budget of its own, of the same size: a busy queue must not take the traces of requests away.
 */
export class RateLimitedSampler implements Sampler {
  private readonly requests: Budget;
  private readonly others: Budget;

  /** @param clock monotonic time in milliseconds */
  constructor(
    private readonly tracesPerSecond: number,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.requests = new Budget(tracesPerSecond, clock());
    this.others = new Budget(tracesPerSecond, clock());
  }

  shouldSample(
    _context?: Context,
    _traceId?: string,
    _spanName?: string,
    spanKind: SpanKind = SpanKind.SERVER,
  ): SamplingResult {
    const budget = spanKind === SpanKind.SERVER ? this.requests : this.others;
    return { decision: budget.spend(this.clock()) ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return `RateLimitedSampler{${this.tracesPerSecond}/s}`;
  }
}

/** So many a second, and as many at once. */
class Budget {
  private tokens: number;

  constructor(
    private readonly perSecond: number,
    private filled: number,
  ) {
    this.tokens = perSecond;
  }

  /** @param now milliseconds; @returns whether there was something left */
  spend(now: number): boolean {
    this.tokens = Math.min(this.perSecond, this.tokens + ((now - this.filled) / 1000) * this.perSecond);
    this.filled = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
