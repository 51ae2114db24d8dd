import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { loggerFor } from '../logging/logger';
import { metrics } from './metrics';

/** How often gauges of the store are read anew; a scrape shows what is at most so old. */
const REFRESH_INTERVAL_MS = 10_000;
/** A source may keep the store busy for a twentieth of the time: one that takes long is read less often. */
const LARGEST_SHARE = 1 / 20;
/** But at least so often: figures that are older are no longer about now. */
const LONGEST_PAUSE_MS = 60_000;

/** Reads figures that are too dear to read at a scrape, and sets gauges. */
export interface GaugeSource {
  /** A few words the code gives; names the source at `/metrics` too. */
  readonly name: string;
  refresh(): Promise<void>;
}

interface Scheduled {
  readonly source: GaugeSource;
  /** Not before this moment of the clock. */
  due: number;
  failing: boolean;
  running: Promise<void> | undefined;
}

/**
 * Keeps the gauges of the store true in the background. Any module adds its own source. Each goes by itself: one that
 * hangs makes no other old, and each says when its figures were last true.
 */
@Injectable()
export class GaugeRefresher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = loggerFor('GaugeRefresher');
  private readonly sources: Scheduled[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param source whose gauges were never true until its first refresh: its time of refresh is 0 */
  add(source: GaugeSource): void {
    this.sources.push({ source, due: 0, failing: false, running: undefined });
    metrics.gaugesRefreshed.series({ source: source.name });
    metrics.gaugeRefreshes.expect({ source: source.name });
  }

  onApplicationBootstrap(): void {
    void this.refresh();
    this.timer = setInterval(() => void this.refresh(), REFRESH_INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.sources.map(({ running }) => running ?? Promise.resolve()));
  }

  /** Reads every source that is due; never rejects, and no source twice at a time. */
  async refresh(): Promise<void> {
    const due = this.sources.filter(({ running, due }) => running !== undefined || due <= performance.now());
    await Promise.all(
      due.map(
        (scheduled) =>
          (scheduled.running ??= this.refreshOne(scheduled).finally(() => {
            scheduled.running = undefined;
          })),
      ),
    );
  }

  private async refreshOne(scheduled: Scheduled): Promise<void> {
    const { source } = scheduled;
    const start = performance.now();
    try {
      await source.refresh();
      scheduled.failing = false;
      // Only what works and takes long is given a rest: after a failure the next tick tries again.
      const pause = Math.min((performance.now() - start) / LARGEST_SHARE, LONGEST_PAUSE_MS);
      scheduled.due = start + pause - REFRESH_INTERVAL_MS / 2;
      metrics.gaugeRefreshes.series({ outcome: 'success', source: source.name }).add();
      metrics.gaugesRefreshed.series({ source: source.name }).set(Date.now() / 1000);
    } catch (error) {
      metrics.gaugeRefreshes.series({ outcome: 'error', source: source.name }).add();
      if (!scheduled.failing) {
        this.logger.warn({ err: error, source: source.name }, 'Gauges cannot be refreshed; they show old values');
      }
      scheduled.failing = true;
    }
  }
}
