import type { Readable } from 'node:stream';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Configuration, UnavailableError } from '@tams/platform';
import type { FastifyRequest } from 'fastify';
import { CheckWatch } from '../checks/check-watch';
import { OverviewService } from '../overview/overview.service';
import { InsightStream } from './insight-stream';
import type { StreamQuery } from './stream.schema';

/** Most people who watch one process at a time. */
const MOST_STREAMS = 50;

/** Pages and terminals that watch this process: each look at the parts is told to all of them, written once. */
@Injectable()
export class InsightStreams implements OnModuleInit, OnModuleDestroy {
  private readonly streams = new Set<InsightStream>();
  private stopWatching: (() => void) | undefined;

  constructor(
    private readonly watch: CheckWatch,
    private readonly overviews: OverviewService,
    private readonly configuration: Configuration,
  ) {}

  onModuleInit(): void {
    this.stopWatching = this.watch.onReport((report) => {
      if (this.streams.size === 0) return;
      void this.overviews.of(report).then((overview) => {
        for (const stream of this.streams) stream.tell('overview', overview);
      });
    });
  }

  onModuleDestroy(): void {
    this.stopWatching?.();
    for (const stream of this.streams) stream.finish();
  }

  /**
   * Opens a stream for a request: what is known now at once, then every look.
   * @throws {UnavailableError} when there are too many
   */
  async open({ seconds }: StreamQuery, request: FastifyRequest): Promise<Readable> {
    if (this.streams.size >= MOST_STREAMS)
      throw new UnavailableError('too-many-streams', `At most ${MOST_STREAMS} can watch one process at a time.`);
    const stream = new InsightStream((closed) => {
      this.streams.delete(closed);
    });
    this.streams.add(stream);
    request.exchange?.streams();
    if (request.method === 'HEAD') {
      stream.finish();
      return stream;
    }
    stream.tell('overview', await this.overviews.overview());
    if (seconds === 0) stream.finish();
    else stream.finishAfter(Math.min(seconds ?? Infinity, this.configuration.eventStreams.seconds));
    return stream;
  }
}
