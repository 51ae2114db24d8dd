import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Outbox } from '@tams/outbox';
import { Configuration, Database, UnavailableError } from '@tams/platform';
import { metrics } from '@tams/telemetry';
import { MessageWriter } from '@tams/webhooks';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { passes } from './event-filter';
import { messageOf, type OpenStream } from './open-stream';
import { StreamDemand } from './stream-demand';
import type { Numbers, StreamPosition } from './stream-position';
import { type EventPage, type StreamedEvent, StreamRepository } from './stream.repository';

/** How often the outbox is looked at for events of other processes. */
const LOOK_EVERY_MS = 250;
const HEARTBEAT_MS = 15_000;
/** Events are said to be wanted so many times in the time they stay wanted. */
const RENEWALS = 4;

const open = metrics.eventStreams.series({});

/**
 * Reads the outbox once for all streams of this process, and tells each what is for it. Nothing is read while there is
 * no stream.
 */
@Injectable()
export class StreamHub implements OnModuleDestroy {
  private readonly streams = new Set<OpenStream>();
  private current: StreamPosition | undefined;
  /** How often the position was begun: what was read for the one before says nothing of this one. */
  private begun = 0;
  private starting: Promise<void> | undefined;
  private stopWork: (() => void) | undefined;
  private looking = false;
  private lookAgain = false;
  private failing = false;
  private closed = false;
  /** For each gap, the transactions that may still fill it: all before this one. */
  private readonly fillers = new Map<string, bigint>();

  constructor(
    private readonly database: Database,
    private readonly repository: StreamRepository,
    private readonly demand: StreamDemand,
    private readonly outbox: Outbox,
    private readonly messages: MessageWriter,
    private readonly configuration: Configuration,
    @InjectPinoLogger('EventStreams') private readonly logger: PinoLogger,
  ) {}

  /** Ends every stream: its client goes on at another process, or at this one's successor. */
  onModuleDestroy(): void {
    this.closed = true;
    for (const stream of this.streams) stream.finish();
    this.stop();
  }

  /**
   * Makes sure that events are written and read, before a stream opens.
   * @throws {UnavailableError} `event-streams-full` when this process has as many streams as it may
   */
  async ready(): Promise<StreamPosition> {
    if (this.closed || this.streams.size >= this.configuration.eventStreams.limit)
      throw new UnavailableError(
        'event-streams-full',
        'This server has no room for another event stream; try again shortly.',
        {
          retryAfterSeconds: 5,
        },
      );
    if (!this.current) {
      this.starting ??= this.start().finally(() => {
        this.starting = undefined;
      });
      await this.starting;
    }
    if (!this.current) throw new Error('Events are not read although they were begun to be.');
    return this.current;
  }

  /** Adds a stream, which is told of events from now on. @returns what has been told so far */
  add(stream: OpenStream): StreamPosition {
    if (!this.current) throw new Error('A stream is opened before events are read.');
    this.streams.add(stream);
    open.set(this.streams.size);
    return this.current;
  }

  /** What has been told so far. */
  get position(): StreamPosition | undefined {
    return this.current;
  }

  remove(stream: OpenStream): void {
    this.streams.delete(stream);
    open.set(this.streams.size);
    if (this.streams.size === 0) this.stop();
  }

  /** Writes one event for one stream, when it is for it. */
  async write(event: StreamedEvent, position: StreamPosition, { wishes }: OpenStream): Promise<Buffer | undefined> {
    if (!passes(event, wishes.filter)) return undefined;
    const data = await this.messages.write(event, wishes.view);
    return messageOf(position, event.type, data.toString());
  }

  private async start(): Promise<void> {
    const position = await this.demand.begin();
    if (this.closed) return;
    this.begun += 1;
    this.current = position;
    const look = setInterval(() => void this.look(), LOOK_EVERY_MS);
    const renew = setInterval(() => void this.renew(), (this.demand.seconds * 1000) / RENEWALS);
    const heartbeat = setInterval(() => {
      this.beat();
      void this.lookForLoss();
    }, HEARTBEAT_MS);
    const leave = this.outbox.observe(() => void this.look());
    this.stopWork = () => {
      for (const timer of [look, renew, heartbeat]) clearInterval(timer);
      leave();
    };
  }

  private stop(): void {
    this.stopWork?.();
    this.stopWork = undefined;
    this.current = undefined;
    this.fillers.clear();
  }

  /** Tells what is new; one look at a time. */
  private async look(): Promise<void> {
    this.lookAgain = true;
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.lookAgain && this.current) {
        this.lookAgain = false;
        await this.tellNew(this.current);
      }
      this.failing = false;
    } catch (error) {
      // Said once: while the database is away this comes four times a second.
      if (!this.failing) this.logger.error({ err: error }, 'Events cannot be read for streams; trying again');
      this.failing = true;
    } finally {
      this.looking = false;
    }
  }

  private async tellNew(known: StreamPosition): Promise<void> {
    const { begun } = this;
    const page = await this.repository.after(this.database, known);
    for (const event of page.events) {
      if (!this.current || this.begun !== begun) return;
      const sequence = BigInt(event.sequence);
      if (!this.current.has(sequence)) await this.tell(event, this.current.after(sequence));
    }
    if (this.begun !== begun) return;
    if (!page.full) this.forgetGaps(page);
    if (page.full) this.lookAgain = true;
  }

  private async tell(event: StreamedEvent, position: StreamPosition): Promise<void> {
    const { begun } = this;
    const written = new Map<string, Buffer>();
    const receivers = (): OpenStream[] => [...this.streams].filter((stream) => passes(event, stream.wishes.filter));
    // Streams that open meanwhile may want it written in another way.
    for (let missing = receivers(); missing.length > 0;) {
      for (const { wishes } of missing)
        if (!written.has(wishes.viewKey)) {
          const data = await this.messages.write(event, wishes.view);
          written.set(wishes.viewKey, messageOf(position, event.type, data.toString()));
        }
      missing = receivers().filter(({ wishes }) => !written.has(wishes.viewKey));
    }
    if (!this.current || this.begun !== begun) return;
    this.current = position;
    const sequence = BigInt(event.sequence);
    for (const stream of receivers()) {
      const bytes = written.get(stream.wishes.viewKey);
      if (bytes) stream.tell({ sequence, bytes });
    }
  }

  /** A gap stays one for good when every transaction that could fill it has ended, and nothing is there. */
  private forgetGaps({ endedBefore, begunBefore }: EventPage): void {
    if (!this.current) return;
    const nameOf = ({ first, last }: Numbers): string => `${first}-${last}`;
    this.current = this.current.withoutGaps((gap) => {
      const filler = this.fillers.get(nameOf(gap));
      if (filler === undefined && begunBefore !== undefined) this.fillers.set(nameOf(gap), begunBefore);
      return filler !== undefined && filler <= endedBefore;
    });
    const left = new Set(this.current.gaps.map(nameOf));
    for (const name of this.fillers.keys()) if (!left.has(name)) this.fillers.delete(name);
  }

  /** Says again that events are wanted. If they were not for a while, streams have missed some. */
  private async renew(): Promise<void> {
    try {
      const epoch = await this.demand.renew();
      if (this.current && this.current.epoch !== epoch)
        await this.beginAnew('The server could not keep events for a while.');
    } catch (error) {
      this.logger.warn({ err: error }, 'Streams could not say that they want events; trying again');
    }
  }

  /** A database that lost its latest changes, as a standby may that took over, gives their numbers to others. */
  private async lookForLoss(): Promise<void> {
    const known = this.current;
    if (!known) return;
    try {
      const { latest } = await this.repository.kept(this.database);
      if (BigInt(latest) < known.high) await this.beginAnew('The database has lost its latest changes.');
    } catch {
      // A database that is away is told of by those who look for events.
    }
  }

  private async beginAnew(why: string): Promise<void> {
    this.current = await this.demand.begin();
    this.begun += 1;
    this.fillers.clear();
    const missed = messageOf(this.current, 'stream/missed', missedData(why));
    for (const stream of this.streams) if (stream.isLive) stream.send(missed);
  }

  /** A sign of life that also moves the place from which a client would go on. */
  private beat(): void {
    const still = Buffer.from(': heartbeat\n\n');
    const moving = Buffer.from(`id: ${String(this.current)}\n: heartbeat\n\n`);
    for (const stream of this.streams) stream.send(stream.isLive ? moving : still);
  }
}

/** Data of `stream/missed`. */
export function missedData(detail: string): string {
  return JSON.stringify({ detail: `${detail} Read again what you show.` });
}
