import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { metrics } from './metrics';

/** How often gauges of the store are read anew; a scrape shows what is at most so old. */
const REFRESH_INTERVAL_MS = 10_000;
/** A source may keep the store busy for a twentieth of the time: one that takes long is read less often. */
const LARGEST_SHARE = 1 / 20;

/** Reads figures that are too dear to read at a scrape, and sets gauges. */
export interface GaugeSource {
  readonly name: string;
  refresh(): Promise<void>;
}

interface Scheduled {
  readonly source: GaugeSource;
  /** Not before this moment of `performance.now()`. */
  due: number;
  failing: boolean;
}

/** Keeps the gauges of the store true in the background. Any module adds its own source. */
@Injectable()
export class GaugeRefresher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('GaugeRefresher');
  private readonly sources: Scheduled[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  add(source: GaugeSource): void {
    this.sources.push({ source, due: 0, failing: false });
  }

  onApplicationBootstrap(): void {
    void this.refresh();
    this.timer = setInterval(() => void this.refresh(), REFRESH_INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Reads every source that is due; never rejects, and never twice at a time. */
  refresh(): Promise<void> {
    this.running ??= this.refreshDue().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async refreshDue(): Promise<void> {
    const due = this.sources.filter((scheduled) => scheduled.due <= performance.now());
    const succeeded: boolean[] = [];
    for (const scheduled of due) succeeded.push(await this.refreshOne(scheduled));
    if (succeeded.length > 0 && succeeded.every(Boolean)) {
      metrics.gaugesRefreshed.series({}).set(Date.now() / 1000);
    }
  }

  private async refreshOne(scheduled: Scheduled): Promise<boolean> {
    const start = performance.now();
    let failure: unknown;
    try {
      await scheduled.source.refresh();
    } catch (error) {
      failure = error ?? new Error('unknown');
    }
    const took = performance.now() - start;
    scheduled.due = start + took / LARGEST_SHARE - REFRESH_INTERVAL_MS / 2;
    const failed = failure !== undefined;
    metrics.gaugeRefreshes.series({ outcome: failed ? 'error' : 'success' }).add();
    if (failed && !scheduled.failing) {
      this.logger.warn(
        { err: failure, source: scheduled.source.name },
        'Gauges cannot be refreshed; they show old values',
      );
    }
    scheduled.failing = failed;
    return !failed;
  }
}
