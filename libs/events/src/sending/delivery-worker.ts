import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Configuration, Database, Outbox } from '@tams/platform';
import { ByteBudget } from './byte-budget';
import { DeliveryLane, type LaneTools } from './delivery-lane';
import { FailureHandling } from './failure-handling';
import { LaneParts } from './lane-parts';
import { QueueRepository } from './queue.repository';

/** How long a webhook is held without a sign of life: what a killed process held is taken over after this. */
const LEASE_MS = 5000;
/** A lane stops so much earlier than others may begin. */
const LEASE_MARGIN_MS = 500;
const EXTEND_EVERY_MS = 1500;
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
export class DeliveryWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Webhooks');
  private readonly lanes = new Map<string, { readonly lane: DeliveryLane; readonly done: Promise<void> }>();
  private readonly tools: LaneTools;
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
    parts: LaneParts,
  ) {
    const memory = new ByteBudget(MESSAGE_BYTES);
    this.tools = { ...parts.all(), database, queues, failures, memory, settings: configuration.webhooks };
  }

  onApplicationBootstrap(): void {
    if (this.configuration.webhooks.concurrency === 0) return;
    this.running = true;
    this.unobserve = this.outbox.observe((webhookIds) => {
      this.notice(webhookIds);
    });
    this.timers.push(
      setInterval(() => {
        this.wake();
      }, LOOK_EVERY_MS),
      setInterval(() => void this.extendHolds(), EXTEND_EVERY_MS),
      setInterval(() => {
        this.loseOverdue();
      }, LEASE_MARGIN_MS / 2),
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
    for (const { lane } of this.lanes.values()) lane.end();
    const done = [...this.lanes.values()].map((entry) => entry.done);
    const patience = setTimeout(() => {
      for (const { lane } of this.lanes.values()) lane.lose();
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
      const held = this.lanes.get(id);
      if (held) held.lane.notice();
      else elsewhere = true;
    }
    if (elsewhere) this.wake();
  }

  private async look(): Promise<void> {
    try {
      await this.queues.start(this.database);
      const places = this.configuration.webhooks.concurrency - this.lanes.size;
      this.crowded = places <= 0;
      if (this.crowded) return;
      const until = performance.now() + LEASE_MS - LEASE_MARGIN_MS;
      const holds = await this.queues.claim(this.database, this.failures.holder, places, LEASE_MS);
      this.crowded = holds.length === places;
      for (const hold of holds) {
        const lane = new DeliveryLane(hold, until, this.tools, () => this.crowded);
        this.lanes.set(hold.webhook_id, { lane, done: this.runLane(hold.webhook_id, lane) });
      }
      this.failing = false;
    } catch (error) {
      // Said once: while the database is away this comes four times a second.
      if (!this.failing) this.logger.error({ err: error }, 'Webhooks cannot be delivered; trying again');
      this.failing = true;
    }
  }

  private async runLane(webhookId: string, lane: DeliveryLane): Promise<void> {
    try {
      await lane.run();
      await this.queues.release(this.database, this.failures.holder, webhookId);
    } catch (error) {
      // Not released: the lease runs out in a few seconds, which is the pause before somebody tries again.
      this.logger.error({ err: error, webhook_id: webhookId }, 'Deliveries were interrupted; they are made again');
    }
    // Between its release and now it may have been taken on again.
    if (this.lanes.get(webhookId)?.lane === lane) this.lanes.delete(webhookId);
    if (this.crowded || lane.hasMore()) this.wake();
  }

  private async extendHolds(): Promise<void> {
    const held = [...this.lanes];
    if (held.length === 0) return;
    const until = performance.now() + LEASE_MS - LEASE_MARGIN_MS;
    const ids = held.map(([id]) => id);
    try {
      const extended = await this.queues.extend(this.database, this.failures.holder, ids, LEASE_MS);
      const states = new Map(extended.map((state) => [state.webhook_id, state]));
      for (const [id, { lane }] of held) {
        const state = states.get(id);
        if (state) lane.extended(until, state.revision, state.started);
        else lane.lose();
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Holds on webhooks could not be extended');
    }
  }

  private loseOverdue(): void {
    const now = performance.now();
    for (const { lane } of this.lanes.values()) if (lane.overdue(now)) lane.lose();
  }
}
