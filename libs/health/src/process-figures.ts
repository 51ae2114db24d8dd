import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { availableParallelism, loadavg } from 'node:os';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';

/** What this process uses, in the form `/health` shows. */
export interface ProcessReport {
  readonly uptime_seconds: number;
  readonly cpu: {
    /** Processor time since the last report, of all the machine has; 100 is every core busy with this process. */
    readonly percent: number;
    readonly user_seconds: number;
    readonly system_seconds: number;
    readonly cores: number;
    readonly load_average: number[];
  };
  readonly memory: {
    readonly rss_bytes: number;
    readonly heap_used_bytes: number;
    readonly heap_total_bytes: number;
    readonly external_bytes: number;
  };
  readonly event_loop: {
    readonly utilization: number;
    readonly lag_mean_ms: number;
    readonly lag_p99_ms: number;
    readonly lag_max_ms: number;
  };
}

/** How finely the event loop is looked at, in milliseconds. */
const RESOLUTION_MS = 20;

/** Measures the process; lag and utilization are those since the last report. */
@Injectable()
export class ProcessFigures implements OnModuleInit, OnModuleDestroy {
  private readonly lag: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();
  /** Processor time, and the clock, in milliseconds at the last report; at first, of the whole life of the process. */
  private last = { cpu: 0, clock: performance.now() - process.uptime() * 1000 };

  onModuleInit(): void {
    this.lag.enable();
  }

  onModuleDestroy(): void {
    this.lag.disable();
  }

  report(): ProcessReport {
    const cpu = process.cpuUsage();
    const memory = process.memoryUsage();
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.utilization);
    this.utilization = now;
    const report = {
      uptime_seconds: rounded(process.uptime()),
      cpu: {
        percent: this.percentOf((cpu.user + cpu.system) / 1000),
        user_seconds: rounded(cpu.user / 1e6),
        system_seconds: rounded(cpu.system / 1e6),
        cores: availableParallelism(),
        load_average: loadavg().map(rounded),
      },
      memory: {
        rss_bytes: memory.rss,
        heap_used_bytes: memory.heapUsed,
        heap_total_bytes: memory.heapTotal,
        external_bytes: memory.external,
      },
      event_loop: {
        utilization: rounded(utilization),
        lag_mean_ms: lagOf(this.lag.mean),
        lag_p99_ms: lagOf(this.lag.percentile(99)),
        lag_max_ms: lagOf(this.lag.max),
      },
    };
    this.lag.reset();
    return report;
  }

  /** @param cpu processor time of this process so far, in milliseconds */
  private percentOf(cpu: number): number {
    const clock = performance.now();
    const share = (cpu - this.last.cpu) / Math.max(1, clock - this.last.clock) / availableParallelism();
    this.last = { cpu, clock };
    return rounded(Math.max(0, share * 100));
  }
}

/** The histogram holds nanoseconds between two looks; what exceeds the resolution is lag. */
function lagOf(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? rounded(Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)) : 0;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
