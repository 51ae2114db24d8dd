import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ClassAccess, idsWithinClasses } from '@tams/auth';
import { Configuration, Database, Semaphore, ValidationError } from '@tams/platform';
import { viewOf } from '@tams/webhooks';
import type { FastifyRequest } from 'fastify';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import type { EventStreamQuery } from './event-stream.schema';
import { messageOf, OpenStream, type StreamWishes } from './open-stream';
import { missedData, StreamHub } from './stream-hub';
import { StreamPosition } from './stream-position';
import { StreamRepository } from './stream.repository';

/** Streams that read what they missed at the same time: after a restart all clients come back at once. */
const CATCHING_UP = 4;
/** How long clients wait before they connect again. */
const RETRY = Buffer.from('retry: 1000\n\n');
const TOO_OLD = 'Some of what happened since Last-Event-ID is not known any more.';

/** Opens streams of events, and tells each first what it missed. */
@Injectable()
export class EventStreams {
  private readonly catchingUp = new Semaphore(CATCHING_UP);

  constructor(
    private readonly database: Database,
    private readonly repository: StreamRepository,
    private readonly hub: StreamHub,
    private readonly classes: ClassAccess,
    private readonly configuration: Configuration,
    @InjectPinoLogger('EventStreams') private readonly logger: PinoLogger,
  ) {}

  /**
   * Opens a stream for a request.
   * @throws {ValidationError} when `Last-Event-ID` is none of ours
   * @throws {UnavailableError} when there are too many
   */
  async open(query: EventStreamQuery, request: FastifyRequest): Promise<Readable> {
    const last = lastEventId(query, request);
    const wishes = await this.wishesOf(query);
    await this.hub.ready();
    const seconds = Math.min(query.seconds ?? Infinity, this.configuration.eventStreams.seconds);
    const stream = new OpenStream(wishes, (closed) => {
      this.hub.remove(closed);
    });
    request.exchange?.streams();
    const position = this.hub.add(stream);
    if (request.method === 'HEAD') stream.finish();
    else {
      if (seconds > 0) stream.finishAfter(seconds);
      void this.begin(stream, position, last, seconds === 0);
    }
    return stream;
  }

  private async begin(
    stream: OpenStream,
    now: StreamPosition,
    last: StreamPosition | undefined,
    endAtOnce: boolean,
  ): Promise<void> {
    try {
      stream.send(RETRY);
      const resumable = last && (await this.isKnown(last));
      const start = resumable ? last : now;
      stream.send(messageOf(start, 'stream/ready', JSON.stringify({ resumed: resumable ?? false })));
      if (last && !resumable) stream.send(messageOf(start, 'stream/missed', missedData(TOO_OLD)));
      stream.goLive(resumable ? await this.catchUp(stream, last) : undefined);
      if (endAtOnce) stream.finish();
    } catch (error) {
      // The client comes back by itself, to where it was.
      this.logger.warn({ err: error }, 'An event stream could not be told what it missed; it was ended');
      stream.destroy();
    }
  }

  /** Tells a stream what happened since a position. @returns what it knows then */
  private async catchUp(stream: OpenStream, since: StreamPosition): Promise<StreamPosition> {
    let position = since;
    for (let more = true; more && !stream.destroyed;) {
      const page = await this.catchingUp.with(1, () => this.repository.after(this.database, position));
      for (const event of page.events) {
        position = position.after(BigInt(event.sequence));
        const message = await this.hub.write(event, position, stream);
        if (message) stream.send(message);
      }
      await stream.drained();
      more = page.full;
    }
    return position;
  }

  /** Whether everything that happened since a position is still known. */
  private async isKnown({ epoch, high }: StreamPosition): Promise<boolean> {
    const kept = await this.repository.kept(this.database);
    const latest = BigInt(kept.latest);
    if (kept.epoch !== epoch || high > latest) return false;
    return kept.oldest === null ? high === latest : BigInt(kept.oldest) <= high + 1n;
  }

  private async wishesOf(query: EventStreamQuery): Promise<StreamWishes> {
    const { readable } = this.classes;
    const presentation = {
      accept_get_urls: query.accept_get_urls,
      accept_storage_ids: query.accept_storage_ids,
      presigned: query.presigned,
      verbose_storage: query.verbose_storage,
      include_object_timerange: query.include_object_timerange,
    };
    return {
      filter: {
        events: query.events,
        flow_ids: query.flow_ids,
        source_ids: query.source_ids,
        flow_collected_by_ids: await this.readableOf('flow', query.flow_collected_by_ids, readable),
        source_collected_by_ids: await this.readableOf('source', query.source_collected_by_ids, readable),
        readable,
      },
      view: viewOf(presentation, readable),
      viewKey: JSON.stringify([presentation, readable]),
    };
  }

  /** A collection the caller may not read tells them nothing, not even what it collects. */
  private async readableOf(
    kind: 'flow' | 'source',
    ids: readonly string[] | undefined,
    readable: readonly string[] | undefined,
  ): Promise<string[] | undefined> {
    if (!ids || ids.length === 0 || !readable) return ids && [...ids];
    const visible = await idsWithinClasses(this.database, kind, ids, readable);
    // Never an empty list: that would ask for what nothing collects.
    return ids.map((id) => (visible.has(id) ? id : 'none'));
  }
}

/** @throws {ValidationError} */
function lastEventId(query: EventStreamQuery, request: FastifyRequest): StreamPosition | undefined {
  const header = request.headers['last-event-id'];
  const text = typeof header === 'string' ? header : query.last_event_id;
  if (text === undefined || text === '') return undefined;
  const position = StreamPosition.parse(text);
  if (position) return position;
  const path = typeof header === 'string' ? 'header.Last-Event-ID' : 'query.last_event_id';
  throw new ValidationError([{ path, message: 'is not the id of a message of this stream' }]);
}
