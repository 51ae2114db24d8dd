import { setTimeout as delay } from 'node:timers/promises';
import { EventStreamClient, type StreamMessage } from '../../support/event-stream-client';

/** Pause before a stream is opened again, in milliseconds. */
const PAUSE_MS = 100;

/** A client of the event stream that comes back, where it was, whenever its stream ends. */
export class StreamFollower {
  /** Every event it was told of, in order. */
  readonly events: StreamMessage[] = [];
  /** How often it has come back. */
  reopened = -1;
  private lastEventId: string | undefined;
  private stream: EventStreamClient | undefined;
  private stopping = false;
  private following: Promise<void> | undefined;

  constructor(
    private readonly url: string,
    private readonly query: Readonly<Record<string, string>>,
  ) {}

  /** Opens the first stream, and goes on. */
  async start(): Promise<void> {
    await this.open();
    this.following = this.follow();
    this.following.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.stream?.close();
    await this.following;
  }

  /** What it has heard until now, with what the open stream holds. */
  get heard(): readonly StreamMessage[] {
    return [...this.events, ...(this.stream?.events ?? [])];
  }

  private async follow(): Promise<void> {
    while (!this.stopping) {
      await this.stream?.ended;
      this.keep();
      // Who comes too early, or while nobody serves, comes again.
      await this.open().catch(() => delay(PAUSE_MS));
    }
  }

  private async open(): Promise<void> {
    if (this.stopping) return;
    const headers = this.lastEventId === undefined ? {} : { 'last-event-id': this.lastEventId };
    this.stream = await EventStreamClient.open(this.url, this.query, headers);
    this.reopened += 1;
  }

  private keep(): void {
    if (!this.stream) return;
    this.events.push(...this.stream.events);
    this.lastEventId = this.stream.lastEventId ?? this.lastEventId;
    this.stream = undefined;
  }
}
