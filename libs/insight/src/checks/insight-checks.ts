import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Database, ReservedConnection } from '@tams/platform';
import { HealthChecks, type HealthFacts, metrics } from '@tams/telemetry';
import { describeBlocker, NowService } from '../now/now.service';
import type { Session } from '../now/now.schema';
import { Sampler } from '../series/sampler';
import { StoreChecksRepository } from './store-checks.repository';

/** How often the pool is looked at, in milliseconds; one that is full for a moment is no news. */
const POOL_INTERVAL_MS = 500;
const POOL_FULL_MS = 3_000;
/** A statement that waits for a lock so long is news, in seconds. */
const BLOCKED_SECONDS = 3;
/** A process that did nothing else for so long, in seconds, within how many of the latest points. */
const BLOCKED_LOOP_SECONDS = 3;
const LOOKS_BACK = 3;
const CERTIFICATE_DAYS = 7;
const CLOCK_SECONDS = 2;

/** Checks of what wears a server down while each of its parts still answers. */
@Injectable()
export class InsightChecks implements OnModuleInit, OnModuleDestroy {
  private poolFullSince: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly checks: HealthChecks,
    private readonly database: Database,
    private readonly reserved: ReservedConnection,
    private readonly now: NowService,
    private readonly sampler: Sampler,
    private readonly store: StoreChecksRepository,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.lookAtPool();
    }, POOL_INTERVAL_MS);
    this.timer.unref();
    this.checks.add({ name: 'connections', required: true, check: () => this.checkConnections() });
    this.checks.add({ name: 'locks', required: false, check: () => this.checkLocks() });
    this.checks.add({ name: 'event_loop', required: false, check: () => this.checkEventLoop() });
    this.checks.add({ name: 'ingest', required: false, check: () => this.checkIngest() });
    this.checks.add({ name: 'webhooks', required: false, check: () => this.checkWebhooks() });
    this.checks.add({ name: 'certificate', required: false, check: checkCertificate });
    this.checks.add({ name: 'clock', required: false, check: checkClock });
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private lookAtPool(): void {
    const { busy, most, waiting } = this.database.connections;
    if (busy < most || waiting === 0) this.poolFullSince = undefined;
    else this.poolFullSince ??= performance.now();
  }

  private async checkConnections(): Promise<HealthFacts> {
    const { busy, most, waiting } = this.database.connections;
    if (this.poolFullSince === undefined || performance.now() - this.poolFullSince < POOL_FULL_MS)
      return { busy, most, waiting };
    const full = `All ${most} connections to the metadata store are in use, and ${waiting} requests wait for one`;
    // Whoever waits for a lock keeps a connection: then the lock is the cause, and the full pool what comes of it.
    const sessions = (await this.now.sessions().catch(() => undefined)) ?? [];
    const blocked = sessions.filter(({ blocked_by: blockers }) => blockers.length > 0);
    throw new Error(blocked.length > 0 ? `${full}. ${blockedText(sessions, blocked)}` : full);
  }

  private async checkLocks(): Promise<HealthFacts> {
    const sessions = await this.now.sessions().catch(() => undefined);
    // That the store does not answer is told by the check of the database.
    if (!sessions) return { known: false };
    const blocked = sessions.filter(
      ({ blocked_by: blockers, seconds }) => blockers.length > 0 && seconds >= BLOCKED_SECONDS,
    );
    if (blocked.length === 0) return { waiting: 0 };
    throw new Error(blockedText(sessions, blocked));
  }

  private checkEventLoop(): Promise<HealthFacts> {
    const [series] = this.sampler.series.points('hour', ['event_loop_delay']);
    const longest = Math.max(0, ...(series?.points.slice(-LOOKS_BACK) ?? []).map((point) => point ?? 0));
    if (longest < BLOCKED_LOOP_SECONDS) return Promise.resolve({ longest_seconds: longest });
    return Promise.reject(
      new Error(`The event loop was blocked: for ${longest.toFixed(1)} s this process did nothing else`),
    );
  }

  private async checkIngest(): Promise<HealthFacts> {
    const ingesting = metrics.flowsIngesting.series({}).value;
    if (ingesting === 0) return { ingesting };
    const stalled = await this.store.stalledFlows(this.reserved).catch(() => []);
    if (stalled.length === 0) return { ingesting };
    const flows = stalled.map(
      ({ id, label, silence }) => `${label === null ? '' : `${label} `}(${id}) for ${Math.round(silence)} s`,
    );
    throw new Error(`Ingesting Flows have no new Segment: ${flows.join(', ')}`);
  }

  private async checkWebhooks(): Promise<HealthFacts> {
    const failing = await this.store.failingWebhooks(this.reserved).catch(() => []);
    if (failing.length === 0) return {};
    const receivers = failing.map(
      ({ url, failing_since: since, answer }) =>
        `${withoutSecrets(url)} since ${since.toISOString()}${answer === null ? '' : ` (${answer})`}`,
    );
    throw new Error(`Webhooks do not take events: ${receivers.join(', ')}`);
  }
}

/** Who keeps how many waiting, as the first of those that wait for nobody themselves. */
function blockedText(sessions: readonly Session[], blocked: readonly Session[]): string {
  const byPid = new Map(sessions.map((session) => [session.pid, session]));
  const longest = blocked.reduce((one, other) => (other.seconds > one.seconds ? other : one));
  const seen = new Set<number>();
  let pid = longest.blocked_by[0] ?? 0;
  for (let next = byPid.get(pid)?.blocked_by[0]; next !== undefined && !seen.has(pid);) {
    seen.add(pid);
    pid = next;
    next = byPid.get(pid)?.blocked_by[0];
  }
  const tables = longest.waits_for ? ` on ${longest.waits_for.join(', ')}` : '';
  const statements = blocked.length === 1 ? 'A statement waits' : `${blocked.length} statements wait`;
  return `${statements} for a lock${tables}, the longest for ${Math.round(longest.seconds)} s; it is held by ${describeBlocker(pid, byPid)}`;
}

function withoutSecrets(url: string): string {
  return URL.canParse(url) ? `${new URL(url).origin}${new URL(url).pathname}` : 'a webhook';
}

function checkCertificate(): Promise<HealthFacts> {
  for (const { series } of metrics.certificateExpiry.entries()) {
    const days = (series.value - Date.now() / 1000) / 86_400;
    if (days < CERTIFICATE_DAYS)
      return Promise.reject(
        new Error(
          days < 0 ? 'The TLS certificate has expired' : `The TLS certificate expires in ${days.toFixed(1)} days`,
        ),
      );
    return Promise.resolve({ days_left: Math.floor(days) });
  }
  return Promise.resolve({ tls: false });
}

function checkClock(): Promise<HealthFacts> {
  for (const { series } of metrics.clockOffset.entries()) {
    if (Math.abs(series.value) > CLOCK_SECONDS)
      return Promise.reject(
        new Error(
          `The clock of this machine is ${Math.abs(series.value).toFixed(1)} s ${series.value > 0 ? 'ahead of' : 'behind'} that of the metadata store`,
        ),
      );
    return Promise.resolve({ offset_seconds: Math.round(series.value * 1000) / 1000 });
  }
  return Promise.resolve({});
}
