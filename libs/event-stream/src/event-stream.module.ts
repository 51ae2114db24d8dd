import { Module } from '@nestjs/common';
import { WebhooksModule } from '@tams/webhooks';
import { EventStreamController } from './event-stream.controller';
import { EventStreams } from './event-streams.service';
import { StreamDemand } from './stream-demand';
import { StreamHub } from './stream-hub';
import { StreamRepository } from './stream.repository';

/** Events pushed to clients that stay connected. */
@Module({
  imports: [WebhooksModule],
  controllers: [EventStreamController],
  providers: [StreamRepository, StreamDemand, StreamHub, EventStreams],
})
export class EventStreamModule {}
