import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';

/**
 * Samples every trace of a quiet server and at most so many a second of a busy one, evenly spread: what tracing costs is
 * bounded whatever the load, and a single request is never missing on a machine nobody else uses.
 */
export class RateLimitedSampler implements Sampler {
  private tokens: number;
  private filled: number;

  /** @param clock monotonic time in milliseconds */
  constructor(
    private readonly tracesPerSecond: number,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.tokens = tracesPerSecond;
    this.filled = clock();
  }

  shouldSample(): SamplingResult {
    const now = this.clock();
    this.tokens = Math.min(this.tracesPerSecond, this.tokens + ((now - this.filled) / 1000) * this.tracesPerSecond);
    this.filled = now;
    if (this.tokens < 1) return { decision: SamplingDecision.NOT_RECORD };
    this.tokens -= 1;
    return { decision: SamplingDecision.RECORD_AND_SAMPLED };
  }

  toString(): string {
    return `RateLimitedSampler{${this.tracesPerSecond}/s}`;
  }
}
