import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type HealthReport, HealthService } from '@tams/health';
import { ReplicasService } from '../replicas/replicas.service';
import { type CheckState, CheckStrip } from './check-strip';

/** How often every part is asked, in milliseconds. */
const INTERVAL_MS = 5_000;
/** Parts that are told apart: there are two dozen, and a storage backend each. */
const MOST_CHECKS = 100;

/** Asks every part again and again, so that "since when" is true, and remembers how each was. */
@Injectable()
export class CheckWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly strips = new Map<string, CheckStrip>();
  private latest: HealthReport | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private readonly listeners = new Set<(report: HealthReport) => void>();

  constructor(
    private readonly health: HealthService,
    private readonly replicas: ReplicasService,
  ) {}

  onApplicationBootstrap(): void {
    this.begin();
    this.timer = setInterval(() => {
      this.begin();
    }, INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    await this.replicas.stop();
  }

  /** The latest report; the first one when there is none yet. */
  async report(): Promise<HealthReport> {
    return this.latest ?? this.health.report();
  }

  /** Calls `listener` with every report from now on. @returns what ends it */
  onReport(listener: (report: HealthReport) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** How a part was within the last hour, a piece each minute. */
  stripOf(name: string): CheckState[] {
    return this.strips.get(name)?.pieces() ?? [];
  }

  /** One look at a time: a part that does not answer takes seconds. */
  private begin(): void {
    this.running ??= this.look().finally(() => {
      this.running = undefined;
    });
  }

  private async look(): Promise<void> {
    const report = await this.health.report();
    this.latest = report;
    for (const [name, { status }] of Object.entries(report.checks)) this.stripFor(name)?.push(status);
    for (const listener of this.listeners) listener(report);
    await this.replicas.tell(report);
  }

  private stripFor(name: string): CheckStrip | undefined {
    const known = this.strips.get(name);
    if (known || this.strips.size >= MOST_CHECKS) return known;
    const strip = new CheckStrip();
    this.strips.set(name, strip);
    return strip;
  }
}
