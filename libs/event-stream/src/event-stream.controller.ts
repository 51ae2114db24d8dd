import type { Readable } from 'node:stream';
import { Controller, Get, Header, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { eventStreamOperations } from './event-stream.operations';
import { eventStreamQuery, type EventStreamQuery } from './event-stream.schema';
import { EventStreams } from './event-streams.service';

/** `/service/events`. */
@Controller('service/events')
export class EventStreamController {
  constructor(private readonly streams: EventStreams) {}

  @eventStreamOperations.open
  @Get()
  @Header('Content-Type', 'text/event-stream; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  // The connection ends with the stream, so that a server that stops waits for no idle one.
  @Header('Connection', 'close')
  // Proxies that gather an answer before they pass it on would keep every event.
  @Header('X-Accel-Buffering', 'no')
  open(
    @Query({ schema: eventStreamQuery }) query: EventStreamQuery,
    @Req() request: FastifyRequest,
  ): Promise<Readable> {
    return this.streams.open(query, request);
  }
}
