import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessUse } from './readings';

/** How finely the event loop is looked at, in milliseconds. */
const RESOLUTION_MS = 20;

/** Measures this process between two looks; a histogram of its own, so that nobody else's look takes anything away. */
export class MeasuredProcess implements ProcessUse {
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.delay.enable();
  }

  stop(): void {
    this.delay.disable();
  }

  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }

  longestDelay(): number {
    const longest = this.delay.count === 0 ? 0 : Math.max(0, this.delay.max / 1e9 - RESOLUTION_MS / 1000);
    this.delay.reset();
    return longest;
  }
}
