import { SpanStatusCode } from '@opentelemetry/api';
import type { ClassAccess } from '@tams/auth';
import type { Database, WebhookSettings } from '@tams/platform';
import { continueTrace, CORRELATION_HEADER, type TraceCarrier } from '@tams/telemetry';
import type { DeliveryFigures } from '../delivery-figures';
import type { ApiKeySeal } from '../webhooks/api-key-seal';
import { entryOf } from './attempt-entry';
import type { ByteBudget } from './byte-budget';
import type { DeliveryLedger } from './delivery-ledger';
import type { FailureHandling } from './failure-handling';
import type { Attempt, HttpSender } from './http-sender';
import type { MessageWriter } from './message';
import type { Hold, OwedEvent, QueueRepository } from './queue.repository';
import { type Receiver, receiverOf } from './receiver';
import { identityHeaders } from './signature';

/** Events read at a time: at most so many, and about so many bytes. */
const BATCH_EVENTS = 100;
const BATCH_BYTES = 256 * 1024;
/** How long a lane with nothing to do keeps its webhook, in case more follows, in milliseconds. */
const LINGER_MS = 100;
/** A lane keeps its webhook for at least so long when others wait for a place, in milliseconds. */
const SHORTEST_TURN_MS = 1000;
/** Bytes of a message compared with the stored event: URLs make segments longer. */
const SEGMENTS_GROWTH = 8;

/** What lanes work with; one set for all lanes of a process. */
export interface LaneTools {
  readonly database: Database;
  readonly queues: QueueRepository;
  readonly ledger: DeliveryLedger;
  readonly sender: HttpSender;
  readonly messages: MessageWriter;
  readonly keys: ApiKeySeal;
  readonly failures: FailureHandling;
  readonly figures: DeliveryFigures;
  readonly classes: ClassAccess;
  readonly memory: ByteBudget;
  readonly settings: WebhookSettings;
}

/**
 * Delivers to one webhook, one event after the other, as long as this process holds it. An event is sent only after the one
 * before it has arrived, which is what makes the order.
 */
export class DeliveryLane {
  private readonly abandon = new AbortController();
  private readonly began = performance.now();
  /** `performance.now()` after which another process may hold the webhook. */
  private heldUntil: number;
  private knownRevision: string | undefined;
  private stale = false;
  private ending = false;
  private noticed: () => void = () => undefined;
  private more = false;
  private failures: number;
  /** How long to wait before the next attempt after the one that failed, in milliseconds; infinite when none did. */
  pauseMs = Infinity;

  constructor(
    private readonly hold: Hold,
    heldUntil: number,
    private readonly tools: LaneTools,
    private readonly othersWait: () => boolean,
  ) {
    this.heldUntil = heldUntil;
    this.failures = hold.failures;
  }

  /** The webhook is owed something new. */
  notice(): void {
    this.more = true;
    this.noticed();
  }

  /** The hold lasts longer now, and this is the webhook as clients want it. */
  extended(heldUntil: number, revision: string, started: boolean): void {
    this.heldUntil = heldUntil;
    if (!started || (this.knownRevision !== undefined && this.knownRevision !== revision)) this.stale = true;
  }

  /** The webhook is not held any more: what is being sent is given up, since another process may send it too. */
  lose(): void {
    this.ending = true;
    this.abandon.abort();
    this.noticed();
  }

  /** Whether the hold has run out without having been extended. */
  overdue(now: number): boolean {
    return now >= this.heldUntil;
  }

  /** Whether it was told of something that it has not looked for. */
  hasMore(): boolean {
    return this.more;
  }

  /** Ends after the attempt in progress. */
  end(): void {
    this.ending = true;
    this.noticed();
  }

  /** Delivers until nothing is owed, an attempt fails, or the lane is told to end. The caller releases the webhook. */
  async run(): Promise<void> {
    const { database, queues } = this.tools;
    while (!this.ending) {
      this.more = false;
      this.stale = false;
      const target = await queues.target(database, this.hold.webhook_id);
      if (!target) return;
      this.knownRevision = target.revision;
      const events = await queues.next(database, this.hold.webhook_id, BATCH_EVENTS, BATCH_BYTES);
      if (events.length === 0) {
        if (!(await this.moreSoon())) return;
      } else if (!(await this.deliver(events, receiverOf(target, this.tools.keys, this.tools.classes)))) return;
      if (this.othersWait() && performance.now() - this.began > SHORTEST_TURN_MS) return;
    }
  }

  /** @returns whether to go on */
  private async deliver(events: readonly OwedEvent[], receiver: Receiver): Promise<boolean> {
    const written = new Set<Promise<void>>();
    try {
      for (const event of events) {
        if (this.ending || this.overdue(performance.now())) return false;
        if (this.stale) return true;
        if (isBeyondReach(event, receiver)) {
          await this.tools.queues.giveUp(this.tools.database, this.hold.webhook_id, event.sequence);
          continue;
        }
        const attempt = await this.attempt(event, receiver);
        if (attempt.failure && this.abandon.signal.aborted) return false;
        this.tools.figures.attempted(attempt.failure?.type ?? 'delivered', attempt.durationMs / 1000);
        if (attempt.failure) {
          const { failures } = this.tools;
          this.pauseMs = await failures.record(
            this.hold.webhook_id,
            receiver.revision,
            event,
            attempt,
            this.failures + 1,
          );
          return false;
        }
        this.tools.figures.arrived((Date.now() - Date.parse(event.occurred)) / 1000);
        const made = { webhookId: this.hold.webhook_id, sequence: event.sequence, entry: entryOf(attempt) };
        const write = this.tools.ledger.record(made);
        write.catch(() => undefined);
        written.add(write);
        if (this.failures > 0) await this.recovered();
      }
      return true;
    } finally {
      await Promise.all(written);
    }
  }

  private attempt(event: OwedEvent, receiver: Receiver): Promise<Attempt> {
    const growth = event.type === 'flows/segments_added' ? SEGMENTS_GROWTH : 1;
    const cause = causeOf(event);
    const attributes = {
      'tams.webhook_id': this.hold.webhook_id,
      'tams.event_id': event.id,
      'tams.event_type': event.type,
    };
    return this.tools.memory.with(event.content.length * growth, () =>
      continueTrace(cause, 'webhook deliver', attributes, async (span) => {
        const body = await this.tools.messages.write(event, receiver.view);
        const identity = identityHeaders(event.id, Math.floor(Date.now() / 1000), body, receiver.key);
        const headers = { ...receiver.headers, ...identity, ...cause };
        const attempt = await this.tools.sender.send({
          url: receiver.url,
          headers,
          body,
          signal: this.abandon.signal,
        });
        if (attempt.statusCode !== undefined) span.setAttribute('http.response.status_code', attempt.statusCode);
        if (attempt.failure) {
          span.setAttribute('error.type', attempt.failure.type);
          span.setStatus({ code: SpanStatusCode.ERROR, message: attempt.failure.message });
        }
        return attempt;
      }),
    );
  }

  private async recovered(): Promise<void> {
    this.failures = 0;
    await this.tools.queues.recovered(this.tools.database, this.hold.webhook_id);
  }

  /** Waits a moment for more. Events of other processes are only found by looking once again at its end. */
  private async moreSoon(): Promise<boolean> {
    if (this.more || this.ending) return !this.ending;
    if (this.othersWait()) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LINGER_MS);
      this.noticed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.noticed = () => undefined;
    return this.hasMore() && !this.ending;
  }
}

/** Whether the owner may not read what it is about: it was owed before a webhook was replaced, or classes were switched on. */
function isBeyondReach({ classes }: OwedEvent, { view: { readable } }: Receiver): boolean {
  return readable !== undefined && !classes?.some((name) => readable.includes(name));
}

/** The request that caused an event, as headers: the receiver's work joins its story. */
function causeOf(event: OwedEvent): TraceCarrier {
  return {
    [CORRELATION_HEADER]: event.correlation_id,
    ...(event.traceparent !== null && { traceparent: event.traceparent }),
  };
}
