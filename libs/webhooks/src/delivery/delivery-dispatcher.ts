import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Outbox } from '@tams/outbox';
import { Semaphore, Configuration, Database } from '@tams/platform';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { DeliveryWorker, type DeliveryDependencies } from './delivery-worker';
import { FailureHandling } from './failure-handling';
import { DeliveryComponents } from './delivery-components';
import { QueueRepository } from './queue.repository';

/** A worker stops such a part of its lease earlier than others may begin. */
const LEASE_MARGIN = 0.1;
/** A lease is extended so many times a lease, so that one failure loses nothing. */
const EXTENSIONS_A_LEASE = 3.5;
/** How often work is looked for that nobody in this process has announced: other processes' events, and retries. */
const LOOK_EVERY_MS = 250;
/** Announced work is looked for at most so often. */
const SHORTEST_LOOK_MS = 20;
/** How long a stop waits for attempts in progress before it gives them up. */
const STOP_PATIENCE_MS = 5000;
/** Most memory for messages being made and sent. */
const MESSAGE_BYTES = 64 * 1024 * 1024;

/** Takes on webhooks that are owed something, and delivers to them, many at a time; replicas share them by leases. */
@Injectable()
export class DeliveryDispatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly workers = new Map<string, { readonly worker: DeliveryWorker; readonly done: Promise<void> }>();
  private readonly tools: DeliveryDependencies;
  private readonly timers: NodeJS.Timeout[] = [];
  private looking: Promise<void> | undefined;
  private lastLook = 0;
  private lookAgain: NodeJS.Timeout | undefined;
  private crowded = false;
  private running = false;
  private failing = false;
  private unobserve: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly queues: QueueRepository,
    private readonly outbox: Outbox,
    private readonly configuration: Configuration,
    private readonly failures: FailureHandling,
    parts: DeliveryComponents,
    @InjectPinoLogger('Webhooks') private readonly logger: PinoLogger,
  ) {
    const memory = new Semaphore(MESSAGE_BYTES);
    this.tools = { ...parts.all(), database, queues, failures, memory, settings: configuration.webhooks };
  }

  onApplicationBootstrap(): void {
    const { concurrency, leaseMs } = this.configuration.webhooks;
    if (concurrency === 0) return;
    this.running = true;
    this.unobserve = this.outbox.observe((webhookIds) => {
      this.notice(webhookIds);
    });
    this.timers.push(
      setInterval(() => {
        this.wake();
      }, LOOK_EVERY_MS),
      setInterval(() => void this.extendLeases(), leaseMs / EXTENSIONS_A_LEASE),
      setInterval(
        () => {
          this.loseOverdue();
        },
        (leaseMs * LEASE_MARGIN) / 2,
      ),
    );
    this.wake();
  }

  /** Ends: what is being sent may finish, for a while; then every webhook is free for others. */
  async onModuleDestroy(): Promise<void> {
    this.running = false;
    this.unobserve();
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.lookAgain);
    await this.looking;
    for (const { worker } of this.workers.values()) worker.end();
    const done = [...this.workers.values()].map((entry) => entry.done);
    const patience = setTimeout(() => {
      for (const { worker } of this.workers.values()) worker.lose();
    }, STOP_PATIENCE_MS);
    await Promise.all(done);
    clearTimeout(patience);
  }

  /** Looks for work soon. */
  wake(): void {
    if (!this.running || this.looking || this.lookAgain) return;
    const pause = Math.max(0, this.lastLook + SHORTEST_LOOK_MS - performance.now());
    this.lookAgain = setTimeout(() => {
      this.lookAgain = undefined;
      this.lastLook = performance.now();
      this.looking = this.look().finally(() => {
        this.looking = undefined;
      });
    }, pause);
  }

  private notice(webhookIds: readonly string[]): void {
    let elsewhere = false;
    for (const id of webhookIds) {
      const held = this.workers.get(id);
      if (held) held.worker.notice();
      else elsewhere = true;
    }
    if (elsewhere) this.wake();
  }

  private async look(): Promise<void> {
    try {
      await this.queues.start(this.database);
      const { concurrency, leaseMs } = this.configuration.webhooks;
      const places = concurrency - this.workers.size;
      this.crowded = places <= 0;
      if (this.crowded) return;
      const until = this.leaseFromNow();
      const leases = await this.queues.claim(this.database, this.failures.holder, places, leaseMs);
      this.crowded = leases.length === places;
      for (const lease of leases) {
        const worker = new DeliveryWorker(lease, until, this.tools, () => this.crowded);
        this.workers.set(lease.webhook_id, { worker, done: this.runWorker(lease.webhook_id, worker) });
      }
      this.failing = false;
    } catch (error) {
      // Said once: while the database is away this comes four times a second.
      if (!this.failing) this.logger.error({ err: error }, 'Webhooks cannot be delivered; trying again');
      this.failing = true;
    }
  }

  private async runWorker(webhookId: string, worker: DeliveryWorker): Promise<void> {
    try {
      await worker.run();
      await this.queues.release(this.database, this.failures.holder, webhookId);
    } catch (error) {
      // Not released: the lease runs out in a few seconds, which is the pause before somebody tries again.
      this.logger.error({ err: error, webhook_id: webhookId }, 'Deliveries were interrupted; they are made again');
    }
    // Between its release and now it may have been taken on again.
    if (this.workers.get(webhookId)?.worker === worker) this.workers.delete(webhookId);
    if (this.crowded || worker.hasMore()) this.wake();
    else if (worker.pauseMs < LOOK_EVERY_MS) this.wakeIn(worker.pauseMs);
  }

  /** `performance.now()` until which a lease that is taken now can be relied on. */
  private leaseFromNow(): number {
    return performance.now() + this.configuration.webhooks.leaseMs * (1 - LEASE_MARGIN);
  }

  /** A retry that is due before the next look. */
  private wakeIn(pauseMs: number): void {
    setTimeout(() => {
      this.wake();
    }, pauseMs).unref();
  }

  private async extendLeases(): Promise<void> {
    const held = [...this.workers];
    if (held.length === 0) return;
    const { leaseMs } = this.configuration.webhooks;
    const until = this.leaseFromNow();
    const ids = held.map(([id]) => id);
    try {
      const extended = await this.queues.extend(this.database, this.failures.holder, ids, leaseMs);
      const states = new Map(extended.map((state) => [state.webhook_id, state]));
      for (const [id, { worker }] of held) {
        const state = states.get(id);
        if (state) worker.extended(until, state.revision, state.started);
        else worker.lose();
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Holds on webhooks could not be extended');
    }
  }

  private loseOverdue(): void {
    const now = performance.now();
    for (const { worker } of this.workers.values()) if (worker.overdue(now)) worker.lose();
  }
}
