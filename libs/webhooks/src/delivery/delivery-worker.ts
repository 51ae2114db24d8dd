import { SpanStatusCode } from '@opentelemetry/api';
import type { Semaphore, Database, WebhookSettings } from '@tams/platform';
import {
  continueInCall,
  CORRELATION_HEADER,
  currentExemplar,
  type Exemplar,
  traceCarrier,
  type TraceCarrier,
} from '@tams/telemetry';
import type { DeliveryMetrics } from '../delivery-metrics';
import { entryOf } from './attempt-entry';
import type { SuccessRecorder } from './success-recorder';
import type { FailureHandling } from './failure-handling';
import type { Attempt, HttpSender } from './http-sender';
import type { MessageWriter, ToldEvent } from './message';
import type { OwedReader } from './owed-reader';
import type { Lease, OwedEvent, QueueRepository, Target } from './queue.repository';
import type { Receiver, Receivers } from './receiver';
import { identityHeaders } from './signature';

/** How long a worker with nothing to do keeps its lease, in case more follows, in milliseconds. */
const LINGER_MS = 100;
/** A worker keeps its lease for at least so long when others wait for a place, in milliseconds. */
const SHORTEST_TURN_MS = 1000;
/** Bytes of a message compared with the stored event: URLs make segments longer. */
const SEGMENTS_GROWTH = 8;

/** What workers work with; one set for all workers of a process. */
export interface DeliveryDependencies {
  readonly database: Database;
  readonly queues: QueueRepository;
  readonly owed: OwedReader;
  readonly ledger: SuccessRecorder;
  readonly sender: HttpSender;
  readonly messages: MessageWriter;
  readonly receivers: Receivers;
  readonly failures: FailureHandling;
  readonly figures: DeliveryMetrics;
  readonly memory: Semaphore;
  readonly settings: WebhookSettings;
}

/**
 * Delivers to one webhook, one event after the other, as long as this process holds its lease. An event is sent only after the one
 * before it has arrived, which is what makes the order.
 */
export class DeliveryWorker {
  private readonly abandon = new AbortController();
  private readonly began = performance.now();
  /** `performance.now()` after which another process may take the lease. */
  private leasedUntil: number;
  private receiver: Receiver | undefined;
  private stale = false;
  private ending = false;
  private noticed: () => void = () => undefined;
  private more = false;
  private failures: number;
  /** How long to wait before the next attempt after the one that failed, in milliseconds; infinite when none did. */
  pauseMs = Infinity;

  constructor(
    private readonly lease: Lease,
    leasedUntil: number,
    private readonly tools: DeliveryDependencies,
    private readonly othersWait: () => boolean,
  ) {
    this.leasedUntil = leasedUntil;
    this.failures = lease.failures;
  }

  /** The webhook is owed something new. */
  notice(): void {
    this.more = true;
    this.noticed();
  }

  /** The lease lasts longer now, and this is the webhook as clients want it. */
  extended(leasedUntil: number, revision: string, started: boolean): void {
    this.leasedUntil = leasedUntil;
    if (!started || (this.receiver && this.receiver.revision !== revision)) this.stale = true;
  }

  /** The webhook is not held any more: what is being sent is given up, since another process may send it too. */
  lose(): void {
    this.ending = true;
    this.abandon.abort();
    this.noticed();
  }

  /** Whether the lease has run out without having been extended. */
  overdue(now: number): boolean {
    return now >= this.leasedUntil;
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

  /** Delivers until nothing is owed, an attempt fails, or the worker is told to end. The caller releases the webhook. */
  async run(): Promise<void> {
    for (let idle = false; !this.ending;) {
      this.more = false;
      this.stale = false;
      const owed = await this.tools.owed.of(this.lease.webhook_id);
      if (!owed || (owed.events.length === 0 && idle)) return;
      if (!(await this.deliver(owed.events, this.receiverAt(owed.target)))) return;
      if (this.othersWait() && performance.now() - this.began > SHORTEST_TURN_MS) return;
      // Nobody tells of events of other processes: they are found by looking once again after a while.
      idle = !owed.full && !(await this.noticedSoon());
    }
  }

  /** Made ready once, and again when a client has changed the webhook. */
  private receiverAt(target: Target): Receiver {
    if (this.receiver?.revision !== target.revision) this.receiver = this.tools.receivers.at(target);
    return this.receiver;
  }

  /** @returns whether to go on */
  private async deliver(events: readonly OwedEvent[], receiver: Receiver): Promise<boolean> {
    const written = new Set<Promise<void>>();
    try {
      for (const event of events) {
        if (this.ending || this.overdue(performance.now())) return false;
        if (this.stale) return true;
        if (isBeyondReach(event, receiver)) {
          await this.tools.queues.giveUp(this.tools.database, this.lease.webhook_id, event.sequence);
          continue;
        }
        const attempt = await this.attempt(event, receiver);
        if (attempt.failure && this.abandon.signal.aborted) return false;
        this.tools.figures.attempted(attempt.failure?.type ?? 'delivered', attempt.durationMs / 1000, attempt.exemplar);
        if (attempt.failure) {
          const { failures } = this.tools;
          this.pauseMs = await failures.record(
            this.lease.webhook_id,
            receiver.revision,
            event,
            attempt,
            this.failures + 1,
          );
          return false;
        }
        this.tools.figures.arrived((Date.now() - Date.parse(event.occurred)) / 1000);
        const made = { webhookId: this.lease.webhook_id, sequence: event.sequence, entry: entryOf(attempt) };
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

  private attempt(event: OwedEvent, receiver: Receiver): Promise<Attempt & { exemplar: Exemplar | undefined }> {
    const growth = event.type === 'flows/segments_added' ? SEGMENTS_GROWTH : 1;
    const cause = causeOf(event);
    const attributes = {
      'http.request.method': 'POST',
      'server.address': receiver.url.hostname,
      'server.port': Number(receiver.url.port || (receiver.url.protocol === 'https:' ? 443 : 80)),
      'url.full': `${receiver.url.origin}${receiver.url.pathname}`,
      ...(event.attempts > 0 && { 'http.request.resend_count': event.attempts }),
      'messaging.system.name': 'webhook',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'deliver',
      'messaging.message.id': event.id,
      'tams.webhook_id': this.lease.webhook_id,
      'tams.event_type': event.type,
    };
    return this.tools.memory.with(event.content_bytes * growth, () =>
      continueInCall({
        carrier: cause,
        name: 'POST',
        attributes,
        failureOf: ({ failure }) => failure && `${failure.type}: ${failure.message}`,
        work: async (span) => {
          const body = await this.tools.messages.write(await this.whole(event), receiver.view);
          span.setAttribute('messaging.message.body.size', body.length);
          const identity = identityHeaders(event.id, Math.floor(Date.now() / 1000), body, receiver.key);
          // The receiver goes on with this very delivery.
          const headers = { ...receiver.headers, ...identity, ...cause, ...traceCarrier() };
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
          return { ...attempt, exemplar: currentExemplar() };
        },
      }),
    );
  }

  /** Reads what was too large to be read with the others; only now is there memory for it. */
  private async whole(event: OwedEvent): Promise<ToldEvent> {
    const content = event.content ?? (await this.tools.queues.content(this.tools.database, event.sequence));
    if (content === undefined) throw new Error(`Event ${event.id} is gone while it is delivered.`);
    return { ...event, content };
  }

  private async recovered(): Promise<void> {
    this.failures = 0;
    await this.tools.queues.recovered(this.tools.database, this.lease.webhook_id);
  }

  /** Waits a moment for more. @returns whether there is, or something is left */
  private async noticedSoon(): Promise<boolean> {
    if (this.more || this.stale || this.ending || this.othersWait()) return this.more || this.stale;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LINGER_MS);
      this.noticed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.noticed = () => undefined;
    return this.more;
  }
}

/** Whether the owner may not read what it is about: it was owed before a webhook was replaced, or classes were switched on. */
function isBeyondReach({ classes }: OwedEvent, { view: { readable } }: Receiver): boolean {
  return readable !== undefined && !classes?.some((name) => readable.includes(name));
}

/** The request that caused an event, as headers: the receiver's work joins its story. */
function causeOf(event: OwedEvent): TraceCarrier {
  return {
    ...event.trace_context,
    [CORRELATION_HEADER]: event.correlation_id,
    ...(event.traceparent !== null && { traceparent: event.traceparent }),
  };
}
